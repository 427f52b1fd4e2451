/*
 * plan.h - what is to be fetched, and when: one batched call per asset class and feed, with the union of the symbols
 * that enabled users watch, at the shortest interval that any of them asks for. Pure: times are passed in.
 *
 * A call holds at most PLAN_SYMBOLS symbols (a longer address is refused with 414:
 * docs/broker.md, "Refusals of the data host"); a larger union becomes several calls. A symbol that the host has
 * refused is left out for PLAN_BAD_SECONDS, so that it does not fail the others' batch.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sys/backoff.h"
#include "common/sys/clock.h"
#include "common/trading/watch.h"

enum {
	PLAN_SYMBOLS = 400,
	PLAN_BAD_SECONDS = 3600,
	PLAN_TROUBLE = 256,
};

/* Which call: stays the same while the union changes. */
struct plan_key {
	enum asset_class asset_class;
	enum feed feed;
	size_t part; /* 0, 1, ... of a union that does not fit one call */
};

struct plan_call {
	struct plan_key key;
	struct watch_entry *entries; /* by symbol */
	size_t count;
	struct span interval;
	struct mono started; /* of the last poll, when tried */
	struct mono due;
	struct backoff backoff;
	bool tried;
	bool busy;		    /* a poll is under way */
	char trouble[PLAN_TROUBLE]; /* why its last poll failed; "" when it did not */
};

struct plan;

struct plan *plan_new(void);
void plan_free(struct plan **plan);

/* Makes the calls anew from watch_entries(). A call that was there keeps its time: it is due one interval, as now in
 * force, after its last poll; a new call, and one that has gained a symbol or a metric, is due at once; one under way
 * stays busy. */
void plan_replace(
	struct plan *plan, const struct watch_entry entries[], size_t count, struct mono now);

/* The call that has this key now, after any number of plan_replace; NULL when it has gone. */
struct plan_call *plan_find(struct plan *plan, struct plan_key key);

/* The call that has been due longest and is not busy, or NULL. */
struct plan_call *plan_due(struct plan *plan, struct mono now);
/* The trouble of one call that is in trouble, borrowed; NULL when none is. */
const char *plan_trouble(const struct plan *plan);
/* How long until plan_due would say something; false when nothing is waited for. */
bool plan_wait(const struct plan *plan, struct mono now, struct span *wait_out);

/* The call's entries that are not held back, copied; entries_out has room for call->count. Returns how many. */
size_t plan_entries(const struct plan *plan, const struct plan_call *call, struct mono now,
	struct watch_entry entries_out[]);

/* The life of one poll. */
void plan_started(struct plan_call *call, struct mono now);
void plan_polled(struct plan_call *call, struct mono now);
void plan_failed(struct plan_call *call, struct mono now, uint32_t random, const char *why);
/* Not before `wait` has passed, without counting as a failure. */
void plan_delayed(struct plan_call *call, struct mono now, struct span wait);
/* The host refused this symbol: held back for an hour, and the call is due again at once. False, and nothing changes,
 * when the call has no such symbol or it was held back already: then the refusal was about something else. */
bool plan_bad_symbol(
	struct plan *plan, struct plan_call *call, const char *symbol, struct mono now);
/* Polls under way are forgotten: their answers will not come. All are due at once, and
 * what failed before does not lengthen their waits. */
void plan_reset(struct plan *plan, struct mono now);
