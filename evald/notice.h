/*
 * notice.h - what a person must be told, as a question that any answer closes. Pure.
 * One notice a subject and state: its id says so, and metadata names both.
 */
#pragma once

#include "common/sys/clock.h"
#include "common/sys/json.h"
#include "common/sys/uuid.h"
#include "common/trading/config_check.h"
#include "common/trading/people.h"

/* A row of notices_due(): an order that came to no good end. Texts are borrowed; NULL = none. */
struct notice_due {
	struct wall now;
	const char *uid;
	const char *subject; /* the order's id */
	const char *state;   /* rejected, unresolved, blocked, expired, canceled, quarantined */
	const char *rule_id, *symbol;
	const char *reason; /* a code of reason.h */
	const char *detail; /* jsonb text of the move; `message` holds the broker's own words */
	const char *side, *filled_qty;
};

/* The caller frees the ask. */
cJSON *notice_of_order(const struct notice_due *due, struct uuid *id_out);

/* A stored document that does not validate has switched its person off. */
cJSON *notice_of_config(const char *uid, struct person_stamp stamp,
	const struct config_report *report, struct uuid *id_out);

/* created_at and expires_at, once the time is known. */
void notice_date(cJSON *notice, struct wall now);
