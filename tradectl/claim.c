/* claim.c - see claim.h. */
#include "tradectl/claim.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "tradectl/broker.h"
#include "tradectl/order.h"
#include "tradectl/record.h"
#include "tradectl/tradectl.h"
#include "tradectl/trouble.h"

enum {
	UNDER_WAY_MOST = 8,
};

struct claim {
	struct tradectl *t;
	struct event *look; /* from the loop, never from inside curl's callback */
	bool asking;
	bool again;	 /* woken while asking */
	bool from_start; /* the next look, also when a claim that is asked for comes back first */
	bool connecting;
	bool failing; /* said in the log: one line a change */
	struct mono failing_at;
	size_t under_way;
	struct db_place
		after; /* of the last claim: what lies before it is looked at when nothing lies behind */
	LIST_HEAD(order_list, order) orders;
};

static void on_look(evutil_socket_t fd, short what, void *owner);

struct claim *claim_new(struct tradectl *t)
{
	struct claim *claim = alloc_zero(sizeof(*claim));

	claim->t = t;
	claim->look = event_new(t->base, -1, 0, on_look, claim);
	LIST_INIT(&claim->orders);
	return claim;
}

void claim_free(struct claim **claim)
{
	struct order *order;

	if (!*claim)
		return;

	pg_forget((*claim)->t->db.work, *claim);
	while ((order = LIST_FIRST(&(*claim)->orders))) {
		LIST_REMOVE(order, link);
		order_free(&order);
	}
	event_free((*claim)->look);
	alloc_free(claim);
}

bool claim_idle(const struct claim *claim)
{
	return !claim->asking && claim->under_way == 0;
}

void claim_wake(struct claim *claim)
{
	claim->again = true;
	event_active(claim->look, EV_TIMEOUT, 0);
}

void claim_sweep(struct claim *claim)
{
	claim->from_start = true;
	claim_wake(claim);
}

/* What operators and people are told is what is done: while a trouble stands, nothing is begun. It is the probe that finds
 * out whether the broker is back, never an order, which would be left unknown. */
static bool may_take(const struct claim *claim)
{
	const struct tradectl *t = claim->t;
	struct trouble trouble;

	if (t->draining || claim->connecting || claim->under_way >= UNDER_WAY_MOST ||
		!pg_ready(t->db.work))
		return false;
	trouble_find(t, &trouble);
	return !trouble.code && broker_wait(t->broker, PACE_NEW).us <= 0;
}

static void on_passed(void *owner)
{
	struct claim *claim = owner;

	claim->connecting = false;
	claim_wake(claim);
}

static void on_over(void *owner, struct order *order)
{
	struct claim *claim = owner;

	LIST_REMOVE(order, link);
	claim->under_way--;
	order_free(&order);
	claim_wake(claim);
	tradectl_quiet(claim->t);
}

static void take(struct claim *claim, const struct db_order *row)
{
	const struct order_hooks hooks = {on_passed, on_over, claim};
	struct order *order = order_new(claim->t, row, &hooks);

	if (!order->again)
		record_moved(claim->t, row, row->from, "reserved");
	if (FAILPOINT("T04.claimed"))
		return order_free(&order);
	claim->connecting = true;
	claim->under_way++;
	LIST_INSERT_HEAD(&claim->orders, order, link);
	order_start(order);
}

static void turned_away(struct tradectl *t, const struct db_order *row)
{
	record_moved(t, row, row->from, row->status);
	if (strcmp(row->status, "blocked") != 0)
		return;

	AUTO(alloc_free) char *labels = alloc_print("reason=\"%s\"", row->reason);
	metric_add(t->metrics, "guardrail_blocks_total", labels,
		"Approved orders that a guardrail, halt or drift stopped.", 1);
}

/* Reserved, with terms that do not fit our types: no broker could take it. */
static void unreadable(struct tradectl *t, const struct pg_answer *answer, const char *why)
{
	struct db_order row;
	struct err err;

	log_error(t->log, "claim.unreadable", "a claimed order cannot be read: nothing is sent",
		LOG_TEXT("error", why));
	if (db_claim_key(answer, &row, &err) == 0 && strcmp(row.status, "reserved") == 0)
		record_impossible(
			t->records, &row, "its amounts have more digits than an order can have");
}

/* Somebody may hold what a claim locks for long, and every claim then fails: a halt that is not committed, most often. */
static void note_failing(struct claim *claim, const struct pg_answer *answer)
{
	struct tradectl *t = claim->t;

	if (claim->failing) {
		log_debug(t->log, "claim.still_failing", "the sweep tries again",
			LOG_TEXT("sqlstate", answer->sqlstate), LOG_TEXT("error", answer->error));
		return;
	}
	claim->failing = true;
	claim->failing_at = clock_mono(t->clock);
	log_warning(t->log, "claim.failed", "no claim came; every sweep tries again",
		LOG_TEXT("sqlstate", answer->sqlstate), LOG_TEXT("error", answer->error));
}

static void note_passing(struct claim *claim)
{
	struct tradectl *t = claim->t;

	if (!claim->failing)
		return;

	claim->failing = false;
	log_info(t->log, "claim.back", "claims pass again",
		LOG_INT("after_seconds",
			mono_since(clock_mono(t->clock), claim->failing_at).us / 1000000));
}

static void place_at(struct claim *claim, const struct db_order *row)
{
	claim->after.id = row->id;
	snprintf(
		claim->after.approved_at, sizeof(claim->after.approved_at), "%s", row->approved_at);
}

static void claimed(void *owner, const struct pg_answer *answer)
{
	struct claim *claim = owner;
	struct tradectl *t = claim->t;
	struct db_order row;
	struct err err;
	int r;

	claim->asking = false;
	if (answer->outcome != PG_DONE) {
		note_failing(claim, answer);
		return tradectl_quiet(t);
	}

	note_passing(claim);
	r = db_claimed(answer, &row, &err);
	if (r > 0 && strcmp(row.status, "again") != 0)
		place_at(claim, &row);
	if (r < 0) {
		unreadable(t, answer, err.text);
		claim_wake(claim);
	} else if (r > 0 &&
		   (strcmp(row.status, "reserved") == 0 || strcmp(row.status, "again") == 0)) {
		take(claim, &row);
	} else if (r > 0) {
		turned_away(t, &row);
		claim_wake(claim);
	} else if (claim->again || claim->after.approved_at[0] != '\0') {
		claim->after.approved_at[0] = '\0';
		claim_wake(claim);
	}
	tradectl_quiet(t);
}

static void on_look(evutil_socket_t fd, short what, void *owner)
{
	struct claim *claim = owner;

	(void)fd;
	(void)what;
	if (claim->asking || !may_take(claim) || FAILPOINT("T01.woken"))
		return;

	if (claim->from_start)
		claim->after.approved_at[0] = '\0';
	claim->from_start = claim->again = false;
	claim->asking = true;
	db_claim(&claim->t->db, &claim->after, claimed, claim);
}
