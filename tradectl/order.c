/* order.c - see order.h. */
#include "tradectl/order.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "tradectl/body.h"
#include "tradectl/record.h"
#include "tradectl/tradectl.h"
#include "tradectl/trip.h"

enum {
	LOOKUPS_MOST = 3,
	LOOK_AGAIN_MS = 1000,
	LEASE_MARGIN_MS = 1000,
};

FAILPOINT_ON("T05.connecting", "http.connecting", "POST /v2/orders");
FAILPOINT_ON("T09.half_sent", "http.half", "POST /v2/orders");
FAILPOINT_ON("T10.sent", "http.sent", "POST /v2/orders");

static void on_look_again(evutil_socket_t fd, short what, void *owner);

struct order *order_new(
	struct tradectl *t, const struct db_order *row, const struct order_hooks *hooks)
{
	struct order *order = alloc_zero(sizeof(*order));

	order->t = t;
	order->row = *row;
	order->again = strcmp(row->status, "again") == 0;
	if (order->again)
		snprintf(order->row.status, sizeof(order->row.status), "%s", row->from);
	order->hooks = *hooks;
	order->timeout = tradectl_http_timeout(t);
	order->keys = t->keys;
	order->claimed_at = clock_mono(t->clock);
	order->look_again = event_new(t->base, -1, 0, on_look_again, order);
	return order;
}

void order_free(struct order **order)
{
	if (!*order)
		return;

	broker_forget((*order)->t->broker, *order);
	event_free((*order)->look_again);
	alloc_free(&(*order)->body);
	alloc_free(order);
}

static void pass(struct order *order)
{
	if (order->passed)
		return;

	order->passed = true;
	order->hooks.passed(order->hooks.owner);
}

static void end(struct order *order)
{
	pass(order);
	order->hooks.over(order->hooks.owner, order);
}

static void write_and_end(struct order *order, enum db_record record, const char *why)
{
	AUTO(alloc_free) char *detail = record_detail(order->posted.error, &order->posted);

	record_write(order->t->records, &order->row,
		&(struct db_fact){.record = record,
			.http_status = order->posted.reply.status,
			.why = why,
			.detail = detail},
		&order->posted);
	end(order);
}

/* The reason that stands in the order; the broker's own words are in the detail. */
static void refuse(struct order *order, enum verdict verdict)
{
	const struct reply *reply = &order->posted.reply;
	struct trip *trip = order->t->trip;
	const char *reason = "BROKER_REFUSED";

	if (verdict == VERDICT_CREDENTIALS) {
		reason = "BROKER_CREDENTIALS";
	} else if (alpaca_error_is_suspended(reply->status, &reply->error)) {
		reason = "BROKER_SUSPENDED";
		trip_halt(trip,
			"the broker rejects new orders by user request: trading is suspended in "
			"the account's own settings at Alpaca and is resumed there",
			NULL, NULL);
	} else if (alpaca_error_is_liquidation_only(reply->status, &reply->error)) {
		reason = "BROKER_LIQUIDATION_ONLY";
		trip_reduce(trip,
			"the broker lets this account sell only (liquidation only): Alpaca says "
			"why in the account's own pages; resume when it is lifted there");
	} else if (alpaca_error_is_wash_trade(reply->status, &reply->error)) {
		reason = "BROKER_WASH_TRADE";
	}
	write_and_end(order, DB_REFUSE, reason);
}

/* answer is the reply that the verdict rests on: it has the echo. */
static void settle(struct order *order, enum verdict verdict, const struct broker_answer *answer)
{
	switch (verdict) {
	case VERDICT_ACCEPTED:
		record_shown(order->t->records, &order->row, DB_ACCEPT, answer);
		return end(order);
	case VERDICT_QUARANTINED:
		record_differs(order->t->records, &order->row, answer);
		return end(order);
	case VERDICT_REFUSED:
	case VERDICT_CREDENTIALS:
		return refuse(order, verdict);
	case VERDICT_THROTTLED:
		return write_and_end(order, DB_NOT_SENT, "the broker takes no more for now (429)");
	case VERDICT_NOT_SENT:
		return write_and_end(order, DB_NOT_SENT,
			order->stopped[0] != '\0' ? order->stopped : order->posted.error);
	case VERDICT_USED_ID:
	case VERDICT_UNKNOWN:
		return write_and_end(order, DB_UNKNOWN, order->posted.error);
	}
}

/* What is left of the lease when another request has used its whole time. */
static bool has_time(const struct order *order, struct span wait)
{
	const struct tradectl *t = order->t;
	struct span used = mono_since(clock_mono(t->clock), order->claimed_at);

	return used.us + wait.us + order->timeout.us + span_ms(LEASE_MARGIN_MS).us <
	       span_sec(t->served.lease_seconds).us;
}

static void look(struct order *order);

static void looked(void *owner, const struct broker_answer *answer)
{
	struct order *order = owner;
	enum lookup lookup = lookup_of_reply(&answer->reply);
	struct span wait = broker_wait(order->t->broker, PACE_ASK);

	/* New keys may look into another account: that they do not see it proves nothing. */
	if (order->keys != order->t->keys && lookup != LOOKUP_FOUND)
		return settle(order, VERDICT_UNKNOWN, answer);
	if (wait.us < span_ms(LOOK_AGAIN_MS).us)
		wait = span_ms(LOOK_AGAIN_MS);
	if ((lookup == LOOKUP_SILENT || lookup == LOOKUP_THROTTLED) &&
		++order->lookups < LOOKUPS_MOST && has_time(order, wait)) {
		event_add(
			order->look_again, &(struct timeval){wait.us / 1000000, wait.us % 1000000});
		return;
	}
	settle(order, verdict_after_lookup(order->leaning, lookup), answer);
}

static void look(struct order *order)
{
	broker_find(order->t->broker, order->row.terms.client_order_id, &order->row.terms,
		order->timeout, looked, order);
}

static void on_look_again(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	look(owner);
}

/* After a 429 the question by id would be throttled too: it waits for the reset where the lease allows. */
static void look_when_due(struct order *order)
{
	struct span wait = broker_wait(order->t->broker, PACE_ASK);

	if (order->leaning == VERDICT_THROTTLED && wait.us > 0 && has_time(order, wait))
		event_add(
			order->look_again, &(struct timeval){wait.us / 1000000, wait.us % 1000000});
	else
		look(order);
}

/* SQL said no at the last fence. A halt or an old approval has moved the order already; otherwise (quarantine, or another
 * worker's by now) it goes back, which the fence guards. */
static void fenced_off(struct order *order)
{
	static const struct {
		const char *word, *to;
	} moved[] = {{"HALTED", "blocked"}, {"EXPIRED", "expired"}};

	for (size_t i = 0; i < LENGTH(moved) && !order->again; i++) {
		if (strcmp(order->stopped, moved[i].word) != 0)
			continue;
		snprintf(order->row.reason, sizeof(order->row.reason), "%s", moved[i].word);
		record_moved(order->t, &order->row, order->row.status, moved[i].to);
		return end(order);
	}
	settle(order, VERDICT_NOT_SENT, NULL);
}

/* attempt counts the sends before this one. What may be there by an earlier send no refusal ends: it is asked for by id. */
static enum verdict verdict_of(const struct order *order, const struct broker_answer *answer)
{
	enum verdict verdict = verdict_of_post(&answer->reply, (int)order->row.attempt + 1);

	if (order->again && verdict_needs_lookup(verdict) && verdict != VERDICT_USED_ID)
		return VERDICT_UNKNOWN;
	return verdict;
}

static void posted(void *owner, const struct broker_answer *answer)
{
	struct order *order = owner;
	struct tradectl *t = order->t;

	order->posted = *answer;
	order->posted.echo = NULL;
	pass(order);
	if (FAILPOINT("T11.answered"))
		return end(order);
	if (order->fenced_off)
		return fenced_off(order);
	if (strcmp(order->row.status, "submitting") == 0)
		record_moved(t, &order->row, order->again ? "unknown" : "reserved", "submitting");

	enum verdict verdict = verdict_of(order, answer);
	if (answer->reply.sent)
		metric_took(t->metrics, "order_submit_duration_seconds", NULL,
			"From connecting to the broker's answer.", answer->took.us);
	order->leaning = verdict;
	if (alpaca_error_is_credentials(answer->reply.status, &answer->reply.error))
		trip_halt(t->trip,
			"the broker refuses the keys (ALPACA_API_KEY_ID, ALPACA_API_SECRET_KEY)",
			NULL, NULL);
	if (verdict_needs_lookup(verdict))
		look_when_due(order);
	else
		settle(order, verdict, answer);
}

static bool before_send(void *owner, struct span left)
{
	struct order *order = owner;
	bool go = send_may_begin(order, left);

	if (go)
		pass(order);
	return go;
}

void order_start(struct order *order)
{
	struct err err;

	if (body_of_order(&order->row.terms, &order->body, &err) < 0) {
		record_impossible(order->t->records, &order->row, err.text);
		return end(order);
	}
	broker_ask(order->t->broker,
		&(struct broker_call){.endpoint = "post_order",
			.method = "POST",
			.path = "/v2/orders",
			.body = order->body,
			.timeout = order->timeout,
			.before_send = before_send,
			.terms = &order->row.terms},
		posted, order);
}
