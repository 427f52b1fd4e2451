/* start.c - see start.h. */
#include "tradectl/start.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "common/sys/json.h"
#include "tradectl/broker.h"
#include "tradectl/claim.h"
#include "tradectl/list.h"
#include "tradectl/moves.h"
#include "tradectl/record.h"
#include "tradectl/seen.h"
#include "tradectl/serve.h"
#include "tradectl/tradectl.h"
#include "tradectl/unasked.h"

enum {
	/* One order that the broker cannot show (it answers 5xx for some) must not hold up all others: it stays counted,
	 * and resolve.c goes on asking. */
	TRIES_MOST = 3,
	ACCOUNT_MS = 5000,
};

enum step {
	LOST,
	READ_ACCOUNT, /* broker_serve */
	SAY_REWOUND,  /* broker_rewound */
	READ_MOVES,
	ASK_ACCOUNT,   /* whose the keys are */
	OTHER_ACCOUNT, /* not that of the first keys: until other keys come */
	LIST_ORDERS,
	ASK_BROKER,
	LIST_BROKER, /* what the database may have forgotten */
	SAY_SO,	     /* broker_reconciled */
	DONE,
};

struct start {
	struct tradectl *t;
	enum step step;
	bool asking;
	struct db_order *orders;
	size_t count, at;
	int tries;	/* with the order at `at` */
	cJSON *unasked; /* [{what, why}]: what the broker could not show all the same */
	struct wall served_asked;
	int64_t seen; /* the highest reservation, as read before the database was asked */
};

static void go(struct start *start);
static void account_read(void *owner, const struct pg_answer *answer);

struct start *start_new(struct tradectl *t)
{
	struct start *start = alloc_zero(sizeof(*start));

	start->t = t;
	unasked_begin(&start->unasked);
	return start;
}

static void forget(struct start *start)
{
	pg_forget(start->t->db.work, start);
	if (start->t->broker)
		broker_forget(start->t->broker, start);
	list_stop(start->t->list);
	start->asking = false;
}

void start_free(struct start **start)
{
	if (!*start)
		return;

	forget(*start);
	alloc_free(&(*start)->orders);
	json_free(&(*start)->unasked);
	alloc_free(start);
}

void start_begin(struct start *start)
{
	forget(start);
	start->step = READ_ACCOUNT;
	go(start);
}

void start_lost(struct start *start)
{
	forget(start);
	start->step = LOST;
}

bool start_done(const struct start *start)
{
	return start->step == DONE;
}

bool start_keys_differ(const struct start *start)
{
	return start->step == OTHER_ACCOUNT;
}

bool start_knows_account(const struct start *start)
{
	return start->step >= LIST_ORDERS;
}

void start_wake(struct start *start)
{
	if (!start->asking && start->step != LOST && start->step != OTHER_ACCOUNT &&
		start->step != DONE)
		go(start);
}

void start_say(const struct start *start, char *out, size_t size)
{
	if (start->step == ASK_ACCOUNT)
		snprintf(out, size, "reconciling: asking the broker whose account the keys open");
	else if (start->step == OTHER_ACCOUNT)
		snprintf(out, size,
			"keys: they open another account than ..%s, whose orders are open here",
			account_number_tail(start->t->number));
	else if (start->step == ASK_BROKER)
		snprintf(out, size, "reconciling: %zu of %zu open orders asked for at the broker",
			start->at, start->count);
	else if (start->step == LIST_BROKER)
		list_say(start->t->list, out, size);
	else
		snprintf(out, size, "reconciling: reading the database");
}

/* Steps that failed are tried again by the sweep. */
static bool answered(struct start *start, const struct pg_answer *answer, const char *what)
{
	start->asking = false;
	if (answer->outcome == PG_DONE)
		return true;

	log_warning(start->t->log, "start.failed", "the sweep tries again", LOG_TEXT("step", what),
		LOG_TEXT("error", answer->error));
	return false;
}

static void unreadable(struct start *start, const char *what, const struct err *err)
{
	log_error(start->t->log, "start.unreadable", "the sweep tries again",
		LOG_TEXT("step", what), LOG_TEXT("error", err->text));
}

static void step_to(struct start *start, enum step step)
{
	start->step = step;
	go(start);
}

/* What was seen must be read before the database is asked: another process may reserve and store in between. */
static void read_account(struct start *start)
{
	struct tradectl *t = start->t;
	struct err err;

	if (seen_read(t->seen, &err) < 0)
		log_warning(t->log, "state.unstored",
			"what was reserved cannot be kept on this host: nothing is claimed until "
			"it can",
			LOG_TEXT("account", t->db.account), LOG_TEXT("error", err.text));
	start->seen = seen_highest(t->seen);
	start->served_asked = clock_wall(t->clock);
	serve_ask(t->serve, account_read, start);
}

static void account_read(void *owner, const struct pg_answer *answer)
{
	struct start *start = owner;
	struct tradectl *t = start->t;
	char installation[UUID_TEXT];
	struct err err;

	if (!answered(start, answer, "account"))
		return;
	if (serve_take(t, answer, start->served_asked, &err) < 0)
		return unreadable(start, "account", &err);

	uuid_write(t->served.installation, installation);
	if (seen_name(t->seen, installation))
		step_to(start, READ_ACCOUNT);
	else if (start->seen > t->served.reserve_seq)
		step_to(start, SAY_REWOUND);
	else
		step_to(start, READ_MOVES);
}

static void rewound_said(void *owner, const struct pg_answer *answer)
{
	struct start *start = owner;
	struct tradectl *t = start->t;

	if (!answered(start, answer, "rewound"))
		return;
	if (strcmp(db_text(answer), "t") == 0)
		log_warning(t->log, "database.rewound",
			"the database went back in time: this host has seen a later reservation; "
			"nothing is claimed for a while",
			LOG_TEXT("account", t->db.account), LOG_INT("seen", start->seen),
			LOG_INT("reserve_seq", t->served.reserve_seq));
	step_to(start, READ_ACCOUNT);
}

static void moves_read(void *owner, const struct pg_answer *answer)
{
	struct start *start = owner;
	struct err err;

	if (!answered(start, answer, "moves"))
		return;
	if (moves_take(start->t->moves, answer, &err) < 0)
		return unreadable(start, "moves", &err);

	step_to(start, start->t->broker ? ASK_ACCOUNT : LIST_ORDERS);
}

static void take_number(struct start *start, const char *number)
{
	struct tradectl *t = start->t;

	if (t->number[0] == '\0') {
		snprintf(t->number, sizeof(t->number), "%s", number);
		log_info(t->log, "account.known", "the keys open this account",
			LOG_TEXT("account", t->db.account),
			LOG_TEXT("ends_in", account_number_tail(number)));
	} else if (strcmp(t->number, number) != 0) {
		start->step = OTHER_ACCOUNT;
		log_error(t->log, "account.other",
			"the keys open another account: nothing is claimed or asked for until keys "
			"of "
			"the first one are there (SIGHUP)",
			LOG_TEXT("account", t->db.account),
			LOG_TEXT("ends_in", account_number_tail(number)),
			LOG_TEXT("first_ends_in", account_number_tail(t->number)));
		return;
	}
	step_to(start, LIST_ORDERS);
}

static void account_shown(void *owner, const struct broker_answer *answer)
{
	struct start *start = owner;
	char number[ACCOUNT_NUMBER];
	struct err err;

	start->asking = false;
	if (!answer->reply.complete || answer->reply.status != 200)
		return; /* broker.c has logged it; the sweep asks again */
	if (account_number_read(answer->body, answer->length, number, &err) < 0)
		unreadable(start, "account at the broker", &err);
	else
		take_number(start, number);
}

static void ask_account(struct start *start)
{
	struct tradectl *t = start->t;

	if (broker_wait(t->broker, PACE_ASK).us > 0)
		return;

	start->asking = true;
	broker_ask(t->broker,
		&(struct broker_call){.endpoint = "account",
			.method = "GET",
			.path = "/v2/account",
			.timeout = span_ms(ACCOUNT_MS)},
		account_shown, start);
}

static void orders_listed(void *owner, const struct pg_answer *answer)
{
	struct start *start = owner;
	struct err err;

	if (!answered(start, answer, "orders"))
		return;

	size_t count = db_count(answer);
	alloc_free(&start->orders);
	start->orders = alloc_array(count + 1, sizeof(*start->orders));
	start->count = start->at = 0;
	unasked_begin(&start->unasked);
	start->tries = 0;
	for (size_t row = 0; row < count; row++)
		if (db_open_order(answer, row, &start->orders[row], &err) < 0)
			return unreadable(start, "orders", &err);

	start->count = count;
	step_to(start, ASK_BROKER);
}

/* Where the terms were compared once already, a cancel or a fill by parts is all that can be new. */
static bool is_accepted(const struct db_order *order)
{
	return strcmp(order->status, "accepted") == 0 ||
	       strcmp(order->status, "partially_filled") == 0;
}

static void next_order(struct start *start)
{
	start->at++;
	start->tries = 0;
	go(start);
}

static void silent(struct start *start, const struct broker_answer *answer)
{
	const struct db_order *order = &start->orders[start->at];

	if (!answer->reply.complete || ++start->tries < TRIES_MOST)
		return; /* the sweep asks again */

	log_warning(start->t->log, "order.unasked",
		"the broker cannot show this order now; it stays counted and is asked for later",
		LOG_TEXT("client_order_id", order->terms.client_order_id),
		LOG_TEXT("why", answer->error), LOG_TEXT("x_request_id", answer->request_id));
	unasked_add(start->unasked, order->terms.client_order_id, answer->error);
	next_order(start);
}

static void asked(void *owner, const struct broker_answer *answer)
{
	struct start *start = owner;
	const struct db_order *order = &start->orders[start->at];
	struct tradectl *t = start->t;

	start->asking = false;
	if (FAILPOINT("T16.asked"))
		return;
	switch (lookup_of_reply(&answer->reply)) {
	case LOOKUP_FOUND:
		record_shown(t->records, order, is_accepted(order) ? DB_FOLLOW : DB_ACCEPT, answer);
		return next_order(start);
	case LOOKUP_DIFFERS:
		record_differs(t->records, order, answer);
		return next_order(start);
	case LOOKUP_ABSENT:
		/* Releases nothing and proves nothing; resolve.c counts it when it is due. */
		return next_order(start);
	case LOOKUP_CREDENTIALS:
	case LOOKUP_THROTTLED:
		return; /* the sweep asks again */
	case LOOKUP_SILENT:
		return silent(start, answer);
	}
}

static void said(void *owner, const struct pg_answer *answer)
{
	struct start *start = owner;
	struct tradectl *t = start->t;

	if (!answered(start, answer, "reconciled"))
		return;

	start->step = DONE;
	size_t unasked = unasked_count(start->unasked);
	log_info(t->log, "broker.reconciled",
		unasked > 0
			? "open orders were asked for by id and listed, but for what the broker "
			  "cannot show now; claims may begin"
			: "every open order was asked for by id and all were listed; claims "
			  "may begin",
		LOG_TEXT("account", t->db.account), LOG_INT("orders", start->count),
		LOG_INT("unasked", unasked));
	serve_wake(t->serve, true); /* nothing is in the way any more: before the first claim */
	claim_wake(t->claim);
}

static void ask_broker(struct start *start)
{
	struct tradectl *t = start->t;

	/* What is quarantined waits for a person, not for the broker. */
	while (start->at < start->count &&
		strcmp(start->orders[start->at].status, "quarantined") == 0)
		start->at++;
	if (start->at == start->count)
		return step_to(start, t->broker ? LIST_BROKER : SAY_SO);
	if (!t->broker || broker_wait(t->broker, PACE_ASK).us > 0)
		return;

	const struct db_order *order = &start->orders[start->at];
	start->asking = true;
	broker_find(t->broker, order->terms.client_order_id,
		is_accepted(order) ? NULL : &order->terms, tradectl_http_timeout(t), asked, start);
}

static void listed(void *owner)
{
	struct start *start = owner;

	start->asking = false;
	unasked_add_all(start->unasked, list_left_out(start->t->list));
	step_to(start, SAY_SO);
}

static void say_so(struct start *start)
{
	AUTO(alloc_free) char *unasked = json_print(start->unasked);

	db_reconciled(&start->t->db, unasked, said, start);
}

static void go(struct start *start)
{
	const struct db *db = &start->t->db;

	switch (start->step) {
	case LOST:
	case OTHER_ACCOUNT:
	case DONE:
		return;
	case ASK_ACCOUNT:
		return ask_account(start);
	case ASK_BROKER:
		return ask_broker(start);
	case LIST_BROKER:
		start->asking = true;
		return list_begin(start->t->list, listed, start);
	case READ_ACCOUNT:
		read_account(start);
		break;
	case SAY_REWOUND:
		db_rewound(db, start->seen, rewound_said, start);
		break;
	case READ_MOVES:
		db_moves(db, moves_read, start);
		break;
	case LIST_ORDERS:
		db_open_orders(db, orders_listed, start);
		break;
	case SAY_SO:
		say_so(start);
		break;
	}
	start->asking = true;
}
