/*
 * error.h - the broker's error envelope {"code": 40310000, "message": "..."}.
 * One code covers many causes and 400-family codes come with status 422, so decisions rest on the HTTP status first
 * (docs/broker.md, "Refusals of an order"). The body may also be a gateway's HTML page: then there is no envelope,
 * and nobody at the broker has judged the request.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct alpaca_error {
	bool envelope; /* a JSON object with a text `message`; `code` may be absent (0) */
	int64_t code;
	char message[256]; /* cut when longer; "" without an envelope */
};

void alpaca_error_read(const char *body, size_t length, struct alpaca_error *error_out);

/* The keys were refused: any 401, and a 403 whose envelope speaks of authorization and not of the order. */
bool alpaca_error_is_credentials(int status, const struct alpaca_error *error);

/* "new orders are rejected by user request": the person has suspended trading at the broker. */
bool alpaca_error_is_suspended(int status, const struct alpaca_error *error);

/* The account may only sell what it holds ("liquidation only", seen before the open). */
bool alpaca_error_is_liquidation_only(int status, const struct alpaca_error *error);

/* It has an order under this client_order_id: 422 "client_order_id must be unique". */
bool alpaca_error_is_used_id(int status, const struct alpaca_error *error);

/* An open order of the other side stands against it: 403, and as some have seen, 422. */
bool alpaca_error_is_wash_trade(int status, const struct alpaca_error *error);
