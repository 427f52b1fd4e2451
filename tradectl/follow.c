/* follow.c - see follow.h. */
#include "tradectl/follow.h"

#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "tradectl/broker.h"
#include "tradectl/record.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"

enum {
	SOON_MS = 250,
};

struct followed {
	LIST_ENTRY(followed) link;
	struct follow *follow;
	struct db_order order;
	struct event *soon; /* NULL: SQL has named it */
	bool by_our_id;	    /* the broker knows none of the id that it had given us */
};

struct follow {
	struct tradectl *t;
	bool asking;
	LIST_HEAD(followed_list, followed) orders; /* that are due, or soon */
	size_t due;				   /* of them, those that SQL has named */
	bool more; /* as many were due as are asked for at once: there may be more */
};

struct follow *follow_new(struct tradectl *t)
{
	struct follow *follow = alloc_zero(sizeof(*follow));

	follow->t = t;
	LIST_INIT(&follow->orders);
	return follow;
}

static struct followed *followed_new(struct follow *follow)
{
	struct followed *followed = alloc_zero(sizeof(*followed));

	followed->follow = follow;
	LIST_INSERT_HEAD(&follow->orders, followed, link);
	return followed;
}

static void followed_free(struct followed *followed)
{
	struct follow *wake = NULL;

	LIST_REMOVE(followed, link);
	if (followed->soon)
		event_free(followed->soon);
	else if (--followed->follow->due == 0 && followed->follow->more)
		wake = followed->follow;
	alloc_free(&followed);
	if (wake)
		follow_wake(wake);
}

void follow_free(struct follow **follow)
{
	struct followed *followed;

	if (!*follow)
		return;

	pg_forget((*follow)->t->db.work, *follow);
	(*follow)->more = false;
	while ((followed = LIST_FIRST(&(*follow)->orders))) {
		broker_forget((*follow)->t->broker, followed);
		followed_free(followed);
	}
	alloc_free(follow);
}

static void complain(
	struct tradectl *t, const struct db_order *order, const struct broker_answer *answer)
{
	log_warning(t->log, "order.unread", "the broker did not show the order; it is read again",
		LOG_TEXT("client_order_id", order->terms.client_order_id),
		LOG_TEXT("alpaca_order_id", order->broker_id), LOG_TEXT("why", answer->error),
		LOG_TEXT("x_request_id", answer->request_id));
}

static void read_back(void *owner, const struct broker_answer *answer)
{
	struct followed *followed = owner;
	struct tradectl *t = followed->follow->t;
	const struct db_order *order = &followed->order;

	if (FAILPOINT("T17.read"))
		return followed_free(followed);
	enum lookup lookup = lookup_of_reply(&answer->reply);
	if (lookup == LOOKUP_ABSENT && !followed->by_our_id) {
		followed->by_our_id = true;
		return broker_find(t->broker, order->terms.client_order_id, NULL,
			tradectl_http_timeout(t), read_back, followed);
	}
	if (lookup != LOOKUP_FOUND)
		complain(t, order, answer);
	else if (strcmp(echo_client_order_id(answer->echo), order->terms.client_order_id) != 0 ||
		 (!followed->by_our_id && strcmp(echo_id(answer->echo), order->broker_id) != 0))
		log_error(t->log, "order.mixed_up",
			"the broker showed another order than asked for",
			LOG_TEXT("client_order_id", order->terms.client_order_id),
			LOG_TEXT("shown", echo_client_order_id(answer->echo)));
	else
		record_shown(t->records, order, DB_FOLLOW, answer);
	followed_free(followed);
}

static void read_at_broker(struct followed *followed)
{
	struct tradectl *t = followed->follow->t;

	broker_read(t->broker, followed->order.broker_id, tradectl_http_timeout(t), read_back,
		followed);
}

static void due(void *owner, const struct pg_answer *answer)
{
	struct follow *follow = owner;
	struct tradectl *t = follow->t;

	follow->asking = false;
	if (answer->outcome != PG_DONE) {
		log_warning(t->log, "follow.failed", "no list of orders; the sweep tries again",
			LOG_TEXT("error", answer->error));
		return;
	}
	follow->more = db_count(answer) >= DB_POLLED_AT_ONCE;
	follow->due += db_count(answer);
	for (size_t row = 0; row < db_count(answer); row++) {
		struct followed *followed = followed_new(follow);
		struct err err;

		if (db_poll_order(answer, row, &followed->order, &err) == 0) {
			read_at_broker(followed);
			continue;
		}
		log_error(t->log, "follow.unreadable", "an order cannot be followed",
			LOG_TEXT("error", err.text));
		followed_free(followed);
	}
}

static void on_soon(evutil_socket_t fd, short what, void *owner)
{
	struct followed *followed = owner;
	struct tradectl *t = followed->follow->t;

	(void)fd;
	(void)what;
	if (t->draining || !start_knows_account(t->start) ||
		broker_wait(t->broker, PACE_ASK).us > 0)
		followed_free(followed); /* it has its date in SQL */
	else
		read_at_broker(followed);
}

void follow_soon(struct follow *follow, const struct db_order *order)
{
	struct followed *followed = followed_new(follow);

	followed->order = *order;
	snprintf(followed->order.status, sizeof(followed->order.status), "accepted");
	followed->soon = event_new(follow->t->base, -1, 0, on_soon, followed);
	event_add(followed->soon, &(struct timeval){.tv_usec = SOON_MS * 1000});
}

void follow_wake(struct follow *follow)
{
	struct tradectl *t = follow->t;

	if (follow->asking || follow->due > 0 || t->draining || !t->broker ||
		!pg_ready(t->db.work) || !start_knows_account(t->start) ||
		broker_wait(t->broker, PACE_ASK).us > 0)
		return;

	follow->asking = true;
	db_poll_due(&t->db, due, follow);
}
