/*
 * send.c - the last fence. It runs inside CURLOPT_PREREQFUNCTION, after TCP and TLS and before the first byte, and
 * blocks the loop on the fence session. Two measured facts shape it (docs/architecture.md, "Asking outside"): the
 * transfer's own timeout runs on while we wait, and curl may still send after it is over. So half of the time must be
 * left before the fence and after it, and the fence may take a fifth. This host's disk keeps the reservation while
 * the database commits: both must have succeeded before a byte flows, in whichever order.
 */
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "tradectl/order.h"
#include "tradectl/seen.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"

static bool stop(struct order *order, const char *why)
{
	snprintf(order->stopped, sizeof(order->stopped), "%s", why);
	return false;
}

static bool has_half(const struct order *order, struct span left)
{
	return left.us >= order->timeout.us / 2;
}

struct kept {
	struct order *order;
	int r; /* not 0 until it is on the disk */
	struct err err;
};

/* Before the first byte: a database that forgets this reservation will be found out. */
static void keep(void *owner)
{
	struct kept *kept = owner;

	kept->r = seen_keep(kept->order->t->seen, kept->order->row.reserve_seq, &kept->err);
}

bool send_may_begin(struct order *order, struct span left)
{
	struct tradectl *t = order->t;
	struct mono before = clock_mono(t->clock);
	struct kept kept = {.order = order, .r = -1, .err = {"not kept on this host's disk"}};

	if (FAILPOINT("T06.fencing"))
		return stop(order, "broken before the last check");
	if (!start_done(t->start))
		return stop(order, "the broker is reconciled with first");
	if (!has_half(order, left))
		return stop(order, "connecting took more than half of the time");

	struct span budget = {order->timeout.us / 5};
	AUTO(alloc_free)
	char *word = db_begin_send(&t->db, order->row.id, order->row.fence, budget, keep, &kept);
	struct span took = mono_since(clock_mono(t->clock), before);
	metric_took(t->metrics, "order_fence_duration_seconds", NULL,
		"How long the last check before the first byte took.", took.us);
	if (!word)
		return stop(order, "the last check did not commit");
	if (strcmp(word, "go") != 0) {
		order->fenced_off = true;
		return stop(order, word);
	}

	snprintf(order->row.status, sizeof(order->row.status), "submitting");
	if (FAILPOINT("T08.fenced"))
		return stop(order, "broken behind the last check");
	if (kept.r != 0)
		return stop(order, kept.err.text);
	left.us -= took.us;
	if (!has_half(order, left))
		return stop(order, "the last check left less than half of the time");
	return true;
}
