/*
 * verdict.h - what the broker's reply means for an order. Pure.
 * Source: docs/architecture.md, "One yes, at most one order", and docs/broker.md, "Refusals of an order": only a body
 * that parses and echoes our order is an acceptance; only a documented refusal of the first attempt, and an order
 * that is not there when asked for by its id afterwards, is a refusal; everything else that may have been sent is
 * unknown.
 */
#pragma once

#include <stdbool.h>

#include "common/alpaca/error.h"

struct reply {
	bool sent;     /* a byte of the request may have left */
	bool complete; /* a whole response came */
	int status;    /* of a complete response */
	bool order;    /* the body is an order object */
	const char *
		differs; /* of an order object: the first field that is not ours, NULL = it is our order */
	struct alpaca_error error; /* of any other body */
};

enum verdict {
	VERDICT_ACCEPTED,
	VERDICT_QUARANTINED, /* it is at the broker and is not what we asked for */
	VERDICT_REFUSED,
	VERDICT_USED_ID, /* refused because it is there already: never a refusal, whatever a lookup shows */
	VERDICT_CREDENTIALS, /* refused, and so would be every other order */
	VERDICT_THROTTLED,   /* not taken for now: back to approved */
	VERDICT_NOT_SENT,
	VERDICT_UNKNOWN,
};

enum {
	VERDICT_THROTTLED_TRIES = 3,
};

/* Of the reply to POST /v2/orders. REFUSED, USED_ID, CREDENTIALS and THROTTLED are only a leaning yet: ask by id, then
 * verdict_after_lookup. */
enum verdict verdict_of_post(const struct reply *reply, int attempt);
bool verdict_needs_lookup(enum verdict verdict);

enum lookup {
	LOOKUP_FOUND,
	LOOKUP_DIFFERS,
	LOOKUP_ABSENT, /* the broker itself says 404 (a gateway's page does not count) */
	LOOKUP_CREDENTIALS,
	LOOKUP_THROTTLED,
	LOOKUP_SILENT, /* no answer that means anything */
};

/* Of the reply to GET /v2/orders:by_client_order_id or /v2/orders/{id}. */
enum lookup lookup_of_reply(const struct reply *reply);

/* Joins the leaning with what asking by id has found. */
enum verdict verdict_after_lookup(enum verdict leaning, enum lookup lookup);
