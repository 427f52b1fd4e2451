/* fills.c - see fills.h. */
#include "tradectl/fills.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/http.h"
#include "tradectl/activity.h"
#include "tradectl/broker.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"

enum {
	WAIT_SEC = 5,	  /* the polls behind a gap go first: an order must know of its fill */
	BEFORE_SEC = 120, /* clocks differ, and a silence is noticed late */
	FIRST_GAP_SEC = 24 * 3600,
	PAGE = 100,
	PAGES_MOST = 20,
	PATH_TEXT = 512,
};

struct fills {
	struct tradectl *t;
	struct event *timer;
	struct wall heard_at;	  /* when the stream was last listened to; us 0 = never */
	struct wall after, until; /* the gap */
	char page[ACTIVITY_ID];	  /* behind this entry, "" = from the first */
	int pages;
	bool busy;
};

static void on_timer(evutil_socket_t fd, short what, void *owner);

struct fills *fills_new(struct tradectl *t)
{
	struct fills *fills = alloc_zero(sizeof(*fills));

	fills->t = t;
	fills->timer = event_new(t->base, -1, 0, on_timer, fills);
	return fills;
}

void fills_free(struct fills **fills)
{
	if (!*fills)
		return;

	pg_forget((*fills)->t->db.work, *fills);
	if ((*fills)->t->broker)
		broker_forget((*fills)->t->broker, *fills);
	event_free((*fills)->timer);
	alloc_free(fills);
}

void fills_heard(struct fills *fills)
{
	fills->heard_at = clock_wall(fills->t->clock);
}

void fills_gap(struct fills *fills)
{
	struct wall now = clock_wall(fills->t->clock);
	struct wall from =
		fills->heard_at.us != 0 ? fills->heard_at : wall_add(now, span_sec(-FIRST_GAP_SEC));

	/* A gap whose executions are still to be asked for goes on. */
	if (!fills->busy && !event_pending(fills->timer, EV_TIMEOUT, NULL))
		fills->after = wall_add(from, span_sec(-BEFORE_SEC));
	fills->until = now;
	fills->heard_at = now;
	event_add(fills->timer, &(struct timeval){.tv_sec = WAIT_SEC});
}

static void stored(void *owner, const struct pg_answer *answer)
{
	struct fills *fills = owner;

	if (answer->outcome != PG_DONE)
		log_warning(fills->t->log, "fills.unrecorded",
			"executions that the stream did not tell could not be stored",
			LOG_TEXT("error", answer->error));
	else if (strcmp(db_text(answer), "0") != 0)
		log_info(fills->t->log, "fills.stored",
			"executions that the stream did not tell are stored as evidence",
			LOG_TEXT("count", db_text(answer)));
}

static void ask(struct fills *fills);

static void listed(void *owner, const struct broker_answer *answer)
{
	struct fills *fills = owner;
	struct tradectl *t = fills->t;
	AUTO(alloc_free) char *json = NULL;
	struct err err = {""};
	size_t count = 0;

	fills->busy = false;
	if (!answer->reply.complete || answer->reply.status != 200 ||
		activities_read(answer->body, answer->length, &json, &count, fills->page, &err) <
			0) {
		log_warning(t->log, "fills.unread",
			"the executions that the stream did not tell cannot be read: they stay "
			"without "
			"evidence here",
			LOG_INT("http_status", answer->reply.status),
			LOG_TEXT("why", err.text[0] ? err.text : answer->error));
		return;
	}
	db_fills_shown(&t->db, json, stored, fills);
	if (count >= PAGE && fills->page[0] != '\0' && ++fills->pages < PAGES_MOST)
		ask(fills);
}

static void ask(struct fills *fills)
{
	struct tradectl *t = fills->t;
	char after[WALL_TEXT], until[WALL_TEXT], path[PATH_TEXT];
	AUTO(alloc_free) char *page = http_escape(fills->page);

	wall_format(fills->after, after);
	wall_format(fills->until, until);
	AUTO(alloc_free) char *after_text = http_escape(after);
	AUTO(alloc_free) char *until_text = http_escape(until);
	snprintf(path, sizeof(path),
		"/v2/account/activities/FILL?after=%s&until=%s&direction=asc&page_size=%d%s%s",
		after_text, until_text, PAGE, *page ? "&page_token=" : "", page);
	fills->busy = true;
	broker_ask(t->broker,
		&(struct broker_call){.endpoint = "list_fills",
			.method = "GET",
			.path = path,
			.timeout = tradectl_http_timeout(t)},
		listed, fills);
}

static void on_timer(evutil_socket_t fd, short what, void *owner)
{
	struct fills *fills = owner;
	struct tradectl *t = fills->t;

	(void)fd;
	(void)what;
	if (t->draining)
		return;
	if (fills->busy || !pg_ready(t->db.work) || !start_knows_account(t->start) ||
		broker_wait(t->broker, PACE_NEW).us > 0) {
		event_add(fills->timer, &(struct timeval){.tv_sec = WAIT_SEC});
		return;
	}
	fills->page[0] = '\0';
	fills->pages = 0;
	ask(fills);
}
