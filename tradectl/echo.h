/*
 * echo.h - the broker's order object, and whether it is the order that we asked for. Pure.
 * Numbers come as strings or as JSON numbers and are compared as decimals ("10" is "10.00"); null is a value of its
 * own: an order in dollars has qty null for ever (docs/broker.md, "Orders"). Unknown keys and unknown statuses are fine.
 */
#pragma once

#include <stddef.h>

#include "common/sys/err.h"
#include "tradectl/terms.h"

struct echo;

/* 0; -EINVAL when the body is not JSON, or lacks what every order object has (id, client_order_id, symbol, side, type,
 * time_in_force, status, filled_qty), or a number or time in it cannot be read. */
int echo_read(const char *body, size_t length, struct echo **echo_out, struct err *err) MUST_CHECK;
void echo_free(struct echo **echo);

const char *echo_id(const struct echo *echo); /* the broker's own id of the order */
const char *echo_client_order_id(const struct echo *echo);

/* NULL when it is our order, else the name of the first field that differs. */
const char *echo_differs(const struct echo *echo, const struct terms *terms);

/* The fields that the database keeps, as JSON: decimals with at most nine digits, times cut at microseconds (Postgres
 * would round them up). The caller frees (alloc_free). */
char *echo_json(const struct echo *echo);
