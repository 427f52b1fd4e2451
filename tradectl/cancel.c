/* cancel.c - see cancel.h. */
#include "tradectl/cancel.h"

#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

#include "common/sys/alloc.h"
#include "common/sys/http.h"
#include "tradectl/broker.h"
#include "tradectl/follow.h"
#include "tradectl/record.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"

enum {
	PATH_TEXT = 256,
	PENDING_MOST_SEC = 3600,
};

struct cancel {
	LIST_ENTRY(cancel) link;
	struct cancels *cancels;
	struct db_order order;
};

struct cancels {
	struct tradectl *t;
	bool asking;
	LIST_HEAD(cancel_list, cancel) list; /* under way */
	char alarmed[TERMS_ID];		     /* the order that the log was told of, "" = none */
};

struct cancels *cancels_new(struct tradectl *t)
{
	struct cancels *cancels = alloc_zero(sizeof(*cancels));

	cancels->t = t;
	LIST_INIT(&cancels->list);
	return cancels;
}

static void cancel_free(struct cancel *cancel)
{
	LIST_REMOVE(cancel, link);
	alloc_free(&cancel);
}

void cancels_free(struct cancels **cancels)
{
	struct cancel *cancel;

	if (!*cancels)
		return;

	pg_forget((*cancels)->t->db.work, *cancels);
	while ((cancel = LIST_FIRST(&(*cancels)->list))) {
		pg_forget((*cancels)->t->db.work, cancel);
		broker_forget((*cancels)->t->broker, cancel);
		cancel_free(cancel);
	}
	alloc_free(cancels);
}

static void noted(void *owner, const struct pg_answer *answer)
{
	struct cancel *cancel = owner;

	if (answer->outcome != PG_DONE)
		log_warning(cancel->cancels->t->log, "cancel.unrecorded",
			"the broker's answer to a cancel could not be written down",
			LOG_TEXT("client_order_id", cancel->order.terms.client_order_id),
			LOG_TEXT("error", answer->error));
	cancel_free(cancel);
}

static const char *meaning_of(const struct reply *reply)
{
	if (reply->complete && reply->status >= 200 && reply->status <= 299)
		return "asked for: until the broker says `canceled` it can still fill";
	if (reply->complete && (reply->status == 404 || reply->status == 422))
		return "not canceled: the order is read";
	return "no answer that means anything: it is asked for again";
}

static void answered(void *owner, const struct broker_answer *answer)
{
	struct cancel *cancel = owner;
	struct tradectl *t = cancel->cancels->t;
	const struct reply *reply = &answer->reply;
	int status = reply->complete ? reply->status : 0;
	bool heard = status >= 200 && status <= 299;
	AUTO(alloc_free) char *detail = record_detail(meaning_of(reply), answer);
	AUTO(alloc_free) char *labels = alloc_print("code=\"%d\"", status);

	metric_add(t->metrics, "order_cancels_total", labels,
		"Cancels asked of the broker by its answer; code 0 = no whole answer.", 1);
	log_info(t->log, "order.cancel_asked", meaning_of(reply),
		LOG_TEXT("client_order_id", cancel->order.terms.client_order_id),
		LOG_INT("http_status", status), LOG_TEXT("x_request_id", answer->request_id),
		LOG_TEXT("why", heard ? "" : answer->error));
	if (heard || status == 404 || status == 422)
		follow_soon(t->follow, &cancel->order);
	db_cancel_answered(&t->db, cancel->order.id, status, detail, noted, cancel);
}

static void ask(struct cancels *cancels, const struct db_order *order)
{
	struct tradectl *t = cancels->t;
	struct cancel *cancel = alloc_zero(sizeof(*cancel));
	AUTO(alloc_free) char *id = http_escape(order->broker_id);
	char path[PATH_TEXT];

	cancel->cancels = cancels;
	cancel->order = *order;
	LIST_INSERT_HEAD(&cancels->list, cancel, link);
	snprintf(path, sizeof(path), "/v2/orders/%s", id);
	broker_ask(t->broker,
		&(struct broker_call){.endpoint = "cancel_order",
			.method = "DELETE",
			.path = path,
			.timeout = tradectl_http_timeout(t)},
		answered, cancel);
}

static void due(void *owner, const struct pg_answer *answer)
{
	struct cancels *cancels = owner;
	struct tradectl *t = cancels->t;

	cancels->asking = false;
	if (answer->outcome != PG_DONE) {
		log_warning(t->log, "cancel.failed", "no list of cancels; the sweep tries again",
			LOG_TEXT("error", answer->error));
		return;
	}
	for (size_t row = 0; row < db_count(answer); row++) {
		struct db_order order;
		struct err err;

		if (db_cancel_order(answer, row, &order, &err) == 0)
			ask(cancels, &order);
		else
			log_error(t->log, "cancel.unreadable", "an order cannot be canceled",
				LOG_TEXT("error", err.text));
	}
}

void cancels_wake(struct cancels *cancels)
{
	struct tradectl *t = cancels->t;

	if (cancels->asking || !LIST_EMPTY(&cancels->list) || t->draining || !t->broker ||
		!pg_ready(t->db.work) || !start_knows_account(t->start) ||
		broker_wait(t->broker, PACE_ASK).us > 0)
		return;

	cancels->asking = true;
	db_cancel_due(&t->db, due, cancels);
}

/* The budget of such an order stays counted: a person must see to it at the broker. */
static void alarm_once(struct cancels *cancels, const struct db_pending *pending)
{
	if (pending->seconds < PENDING_MOST_SEC) {
		cancels->alarmed[0] = '\0';
		return;
	}
	if (strcmp(cancels->alarmed, pending->client_order_id) == 0)
		return;
	snprintf(cancels->alarmed, sizeof(cancels->alarmed), "%s", pending->client_order_id);
	log_error(cancels->t->log, "order.cancel_pending",
		"its cancel has been pending for over an hour; it may still fill and stays "
		"counted: "
		"look at the broker",
		LOG_TEXT("client_order_id", pending->client_order_id),
		LOG_INT("seconds", pending->seconds));
}

static void looked(void *owner, const struct pg_answer *answer)
{
	struct cancels *cancels = owner;
	struct db_pending pending = {.seconds = 0};
	struct err err;

	if (answer->outcome != PG_DONE ||
		(db_count(answer) > 0 && db_pending(answer, &pending, &err) < 0))
		return; /* the next sweep looks again */
	metric_set(cancels->t->metrics, "orders_pending_cancel_age_seconds", NULL,
		"How long the oldest cancel that has not ended its order has been pending.",
		pending.seconds);
	alarm_once(cancels, &pending);
}

void cancels_look(struct cancels *cancels)
{
	db_cancel_pending(&cancels->t->db, looked, cancels);
}
