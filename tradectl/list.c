/* list.c - see list.h. */
#include "tradectl/list.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "common/sys/json.h"
#include "tradectl/broker.h"
#include "tradectl/finding.h"
#include "tradectl/ledger.h"
#include "tradectl/page.h"
#include "tradectl/record.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"
#include "tradectl/trip.h"
#include "tradectl/unasked.h"

enum {
	PAGE = 500,
	EVERY_SEC = 300,
	TIMEOUT_MS = 10000,
	BODY_MOST = 4 * 1024 * 1024,
	TRIES_MOST = 2, /* of one list that the broker answers with 5xx */
	PATH_TEXT = 512,
};

enum step {
	IDLE,
	ASK_PAGE,
	MATCH,
	NOTE, /* what the database cannot explain */
	READ_SYMBOLS,
};

struct list {
	struct tradectl *t;
	enum step step;
	bool asking;
	struct wall from, after;
	struct wall last; /* of the page before; us 0 = none */
	struct page *page;
	char **symbols; /* one by one, where the whole could not be listed; NULL = the whole */
	size_t symbol_count, symbol;
	int tries;	/* with this list */
	size_t pending; /* notes that are not answered yet */
	bool failed;	/* one of them */
	struct findings findings;
	size_t pages, orders;
	cJSON *left_out;	 /* [{what, why}] */
	char said[BROKER_ERROR]; /* the last complaint, until something worked */
	bool said_none; /* that nothing at all is listed; which covers all other complaints */
	struct mono due;
	struct wall asked_for; /* reconcile_asked_at that the last one answers */
	void (*fn)(void *owner);
	void *owner;
};

static void go(struct list *list);

struct list *list_new(struct tradectl *t)
{
	struct list *list = alloc_zero(sizeof(*list));

	list->t = t;
	unasked_begin(&list->left_out);
	return list;
}

static void symbols_forget(struct list *list)
{
	for (size_t i = 0; i < list->symbol_count; i++)
		alloc_free(&list->symbols[i]);
	alloc_free(&list->symbols);
	list->symbol_count = list->symbol = 0;
}

void list_stop(struct list *list)
{
	pg_forget(list->t->db.work, list);
	if (list->t->broker)
		broker_forget(list->t->broker, list);
	page_free(&list->page);
	symbols_forget(list);
	list->asking = false;
	list->pending = 0;
	list->step = IDLE;
}

void list_free(struct list **list)
{
	if (!*list)
		return;

	list_stop(*list);
	json_free(&(*list)->left_out);
	alloc_free(list);
}

bool list_idle(const struct list *list)
{
	return list->step == IDLE;
}

/* To the first page, of whatever is listed next. */
static void to_first_page(struct list *list)
{
	list->after = list->from;
	list->last = (struct wall){0};
	list->tries = 0;
}

const cJSON *list_left_out(const struct list *list)
{
	return list->left_out;
}

void list_begin(struct list *list, void (*fn)(void *owner), void *owner)
{
	struct tradectl *t = list->t;

	list_stop(list);
	list->fn = fn;
	list->owner = owner;
	list->from = t->served.list_after;
	list->asked_for = t->served.reconcile_asked;
	list->due = mono_add(clock_mono(t->clock), span_sec(EVERY_SEC));
	list->findings = (struct findings){0};
	list->pages = list->orders = 0;
	unasked_begin(&list->left_out);
	to_first_page(list);
	list->step = ASK_PAGE;
	go(list);
}

void list_wake(struct list *list)
{
	struct tradectl *t = list->t;

	if (!t->broker || t->draining || !pg_ready(t->db.work))
		return;
	if (list->step != IDLE)
		return go(list);
	if (!start_done(t->start))
		return;
	/* Somebody asked: all of it, also every open order by its id, and claims wait for it. */
	if (t->served.reconcile_asked.us > list->asked_for.us)
		start_begin(t->start);
	else if (mono_reached(list->due, clock_mono(t->clock)))
		list_begin(list, NULL, NULL);
}

void list_soon(struct list *list)
{
	list->due = clock_mono(list->t->clock);
}

void list_say(const struct list *list, char *out, size_t size)
{
	snprintf(out, size, "reconciling: listing the broker's orders%s%s",
		list->symbols ? " of " : "",
		list->symbols && list->symbol < list->symbol_count ? list->symbols[list->symbol]
								   : "");
}

/* Told once more after the next list; the session has logged why not. */
static void told(void *owner, const struct pg_answer *answer)
{
	(void)owner;
	(void)answer;
}

static void done(struct list *list)
{
	struct tradectl *t = list->t;
	const struct findings *findings = &list->findings;

	list_stop(list);
	list->said[0] = '\0';
	list->said_none = false;
	log_write(t->log,
		findings->orphans + findings->adopted + unasked_count(list->left_out) > 0
			? LOG_LEVEL_WARNING
			: LOG_LEVEL_DEBUG,
		"broker.listed", "the broker's orders were compared with ours",
		(const struct log_field[]){LOG_TEXT("account", t->db.account),
			LOG_INT("orders", list->orders), LOG_INT("pages", list->pages),
			LOG_INT("news", findings->news), LOG_INT("adopted", findings->adopted),
			LOG_INT("orphans", findings->orphans),
			LOG_INT("foreign", findings->foreign),
			LOG_INT("left_out", unasked_count(list->left_out))},
		8);
	trip_look(t->trip);
	ledger_soon(t->ledger);
	metric_set(t->metrics, "reconcile_last_success_timestamp_seconds", NULL,
		"When the broker's orders were last compared with ours.",
		clock_wall(t->clock).us / 1000000);
	if (list->fn)
		list->fn(list->owner);
	else
		db_compared(&t->db, told, list);
}

static void again(struct list *list, const char *what, const char *why)
{
	/* One line a change: it may be so for hours. */
	bool same = strcmp(list->said, why) == 0;

	snprintf(list->said, sizeof(list->said), "%s", why);
	if (!same && !list->said_none)
		log_warning(list->t->log, "list.failed", "the sweep tries again",
			LOG_TEXT("step", what), LOG_TEXT("error", why));
}

/* Not one of several symbols could be listed: that is no bad symbol but a broker that lists nothing now. */
static bool all_left_out(const struct list *list)
{
	return list->symbol_count > 1 && unasked_count(list->left_out) == list->symbol_count;
}

static void from_the_beginning(struct list *list)
{
	again(list, "page", "the broker lists no symbol of ours: nothing is known");
	list->said_none = true;
	symbols_forget(list);
	unasked_begin(&list->left_out);
	list->step = ASK_PAGE;
}

/* The next list, or the end. */
static void next_list(struct list *list)
{
	page_free(&list->page);
	to_first_page(list);
	if (list->symbols)
		list->symbol++;
	if (list->symbols && list->symbol >= list->symbol_count && all_left_out(list))
		return from_the_beginning(list);
	if (!list->symbols || list->symbol >= list->symbol_count)
		return done(list);

	list->step = ASK_PAGE;
	go(list);
}

static enum log_level level_of(const struct list *list, enum log_level level)
{
	return list->said_none ? LOG_LEVEL_DEBUG : level;
}

/* A list that the broker cannot give whole: each symbol alone, and of those it is left out. */
static void unlisted(struct list *list, const char *why, const char *request_id)
{
	struct tradectl *t = list->t;

	if (!list->symbols) {
		log_write(t->log, level_of(list, LOG_LEVEL_WARNING), "list.by_symbol",
			"the broker cannot list all orders; each symbol of ours is listed alone",
			(const struct log_field[]){LOG_TEXT("account", t->db.account),
				LOG_TEXT("why", why), LOG_TEXT("x_request_id", request_id)},
			3);
		list->step = READ_SYMBOLS;
		return go(list);
	}
	unasked_add(list->left_out, list->symbols[list->symbol], why);
	log_write(t->log, level_of(list, LOG_LEVEL_ERROR), "list.left_out",
		"the broker cannot list the orders of this symbol: those that we know are asked "
		"for by id, others stay unseen",
		(const struct log_field[]){LOG_TEXT("symbol", list->symbols[list->symbol]),
			LOG_TEXT("why", why), LOG_TEXT("x_request_id", request_id)},
		3);
	next_list(list);
}

/* `after` leaves out its own instant; several orders may share it. */
static void next_page(struct list *list)
{
	struct wall last = page_last(list->page);
	struct wall next = wall_add(last, (struct span){-1});
	bool full = page_count(list->page) >= PAGE;
	bool further = last.us > list->last.us;

	list->last = last;
	list->pages++;
	list->orders += page_count(list->page);
	if (!full)
		return next_list(list);

	page_free(&list->page);
	/* It would come for ever, and what is behind it nobody has seen. */
	if (!further)
		return unlisted(list, "a full page that gets no further than the one before", "");
	list->after = next.us > list->after.us ? next : wall_add(list->after, (struct span){1});
	list->step = ASK_PAGE;
	go(list);
}

static void noted(void *owner, const struct pg_answer *answer)
{
	struct list *list = owner;
	struct tradectl *t = list->t;

	list->pending--;
	if (answer->outcome != PG_DONE) {
		list->failed = true;
		again(list, "note", answer->error);
	} else {
		finding_noted(t, &list->findings, answer);
	}
	if (list->pending > 0)
		return;

	list->asking = false;
	if (!list->failed)
		return next_page(list);
	list->step = MATCH; /* those that were written are not named again */
}

static void matched(void *owner, const struct pg_answer *answer)
{
	struct list *list = owner;
	struct err err = {""};

	list->asking = false;
	if (answer->outcome != PG_DONE)
		return again(list, "match", answer->error);

	list->failed = false;
	list->pending = 0;
	list->step = NOTE;
	for (size_t row = 0; row < db_count(answer); row++) {
		struct db_order order;
		if (db_matched(answer, row, &order, &err) < 0) {
			list->failed = true;
			again(list, "match", err.text);
			continue;
		}

		const struct echo *echo = page_find(list->page, order.terms.client_order_id);
		if (echo && finding_matched(list->t, &list->findings, &order, echo)) {
			AUTO(alloc_free) char *detail = echo_json(echo);
			list->pending++;
			db_note(&list->t->db, detail, noted, list);
		}
	}
	list->asking = list->pending > 0;
	if (list->asking)
		return;
	if (list->failed)
		list->step = MATCH;
	else
		next_page(list);
}

static void symbols_read(void *owner, const struct pg_answer *answer)
{
	struct list *list = owner;

	list->asking = false;
	if (answer->outcome != PG_DONE)
		return again(list, "symbols", answer->error);

	size_t count = db_count(answer);
	symbols_forget(list);
	list->symbols = alloc_array(count + 1, sizeof(char *));
	for (size_t row = 0; row < count; row++)
		list->symbols[list->symbol_count++] = alloc_text(db_cell(answer, row));
	to_first_page(list);
	if (count == 0)
		return done(list);

	list->step = ASK_PAGE;
	go(list);
}

static void shown(void *owner, const struct broker_answer *answer)
{
	struct list *list = owner;
	const struct reply *reply = &answer->reply;
	struct err err;

	list->asking = false;
	if (!reply->complete || reply->status == 429 ||
		alpaca_error_is_credentials(reply->status, &reply->error))
		return again(list, "page", answer->error);
	if (reply->status != 200 && ++list->tries < TRIES_MOST)
		return again(list, "page", answer->error);
	if (reply->status != 200)
		return unlisted(list, answer->error, answer->request_id);
	if (FAILPOINT("T16.listed"))
		return again(list, "page", "broken before it was compared");

	if (page_read(answer->body, answer->length, &list->page, &err) < 0)
		return again(list, "page", err.text);
	if (page_unreadable(list->page) > 0)
		log_error(list->t->log, "list.unreadable",
			"the broker lists orders of ours that cannot be read",
			LOG_INT("orders", page_unreadable(list->page)));
	if (page_ours(list->page) == 0)
		return next_page(list);

	list->step = MATCH;
	go(list);
}

static void ask_page(struct list *list)
{
	struct tradectl *t = list->t;
	const char *symbol = list->symbols ? list->symbols[list->symbol] : NULL;
	char path[PATH_TEXT], after[WALL_TEXT];

	if (broker_wait(t->broker, PACE_ASK).us > 0)
		return;

	wall_format(list->after, after);
	AUTO(alloc_free) char *escaped = symbol ? http_escape(symbol) : NULL;
	snprintf(path, sizeof(path),
		"/v2/orders?status=all&limit=%d&direction=asc&nested=false&after=%s%s%s", PAGE,
		after, symbol ? "&symbols=" : "", symbol ? escaped : "");
	list->asking = true;
	broker_ask(t->broker,
		&(struct broker_call){.endpoint = "list_orders",
			.method = "GET",
			.path = path,
			.timeout = span_ms(TIMEOUT_MS),
			.max_body = BODY_MOST,
			.raw = true},
		shown, list);
}

static void match(struct list *list)
{
	AUTO(alloc_free) char *orders = page_json(list->page);

	list->asking = true;
	db_match(&list->t->db, orders, matched, list);
}

static void go(struct list *list)
{
	if (list->asking)
		return;

	switch (list->step) {
	case IDLE:
	case NOTE:
		return;
	case ASK_PAGE:
		return ask_page(list);
	case MATCH:
		return match(list);
	case READ_SYMBOLS:
		list->asking = true;
		return db_symbols(&list->t->db, symbols_read, list);
	}
}
