/*
 * send.c - the last fence. It runs inside CURLOPT_PREREQFUNCTION, after TCP and TLS and before the first byte, and
 * blocks the loop on the fence session. Two measured facts shape it (DESIGN.md part 1): the transfer's own timeout runs
 * on while we wait, and curl may still send after it is over. So half of the time must be left before the fence and
 * after it, and the fence may take a fifth.
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

bool send_may_begin(struct order *order, struct span left)
{
	struct tradectl *t = order->t;
	struct mono before = clock_mono(t->clock);
	struct err err;

	if (FAILPOINT("T06.fencing"))
		return stop(order, "broken before the last check");
	if (!start_done(t->start))
		return stop(order, "the broker is reconciled with first");
	if (!has_half(order, left))
		return stop(order, "connecting took more than half of the time");
	/* Before the first byte: a database that forgets this reservation will be found out. */
	if (seen_keep(t->seen, order->row.reserve_seq, &err) < 0)
		return stop(order, err.text);

	struct span budget = {order->timeout.us / 5};
	AUTO(alloc_free)
	char *word = db_begin_send(&t->db, order->row.id, order->row.fence, budget);
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
	left.us -= took.us;
	if (!has_half(order, left))
		return stop(order, "the last check left less than half of the time");
	return true;
}
