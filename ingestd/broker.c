/* broker.c - see broker.h. */
#include "ingestd/broker.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/sys/alloc.h"
#include "common/sys/backoff.h"
#include "common/sys/must.h"
#include "ingestd/broker_parse.h"
#include "ingestd/db.h"
#include "ingestd/fetch.h"
#include "ingestd/ingest.h"
#include "ingestd/poller.h"

enum {
	CLOCK_SEC = 60,
	CALENDAR_SEC = 3600,
	DAYS_BACK = 10,
	DAYS_AHEAD = 30,
};

struct broker {
	struct ingest *ingest;
	struct event *timer;
	struct pace pace; /* of the trading host */
	struct backoff backoff;
	bool busy;
	bool failed;	      /* something of the round under way */
	struct wall now;      /* the database's, of this round */
	struct date read_day; /* New York's, when the calendar was last stored; year 0: never */
	struct mono read_at;
	struct calendar_day *days;
	struct calendar calendar;
	char trouble[ANSWER_MESSAGE + 64];
};

static void arm(struct broker *broker, struct span wait)
{
	struct timeval in = span_timeval(wait);

	event_add(broker->timer, &in);
}

/* What failed first is what /readyz tells. */
static void note_failure(struct broker *broker, const char *what, const char *why)
{
	if (!broker->failed)
		snprintf(broker->trouble, sizeof(broker->trouble), "broker's %s: %s", what, why);
	broker->failed = true;
	log_warning(broker->ingest->log, "broker.failed", "asked again after a wait",
		LOG_TEXT("what", what), LOG_TEXT("why", why));
}

static void note_success(struct broker *broker)
{
	backoff_reset(&broker->backoff);
	if (broker->trouble[0] != '\0')
		log_info(broker->ingest->log, "broker.recovered",
			"calendar and clock are read again",
			LOG_INT("days", broker->calendar.ndays));
	broker->trouble[0] = '\0';
}

static struct span held(const struct broker *broker)
{
	return pace_wait(&broker->pace, PACE_ASK, clock_wall(broker->ingest->clock));
}

/* A round is over: calendar where it was due, then clock. */
static void end(struct broker *broker)
{
	struct span wait = span_sec(CLOCK_SEC);

	if (!broker->failed) {
		note_success(broker);
	} else {
		wait = held(broker);
		if (wait.us == 0)
			wait = backoff_next(&broker->backoff, arc4random());
	}
	broker->busy = false;
	arm(broker, wait);
	poller_go(broker->ingest->poller);
}

static void fail(struct broker *broker, const char *what, const char *why)
{
	note_failure(broker, what, why);
	end(broker);
}

static void ask(struct broker *broker, const char *path, http_answer_fn *fn)
{
	const struct ingest *ingest = broker->ingest;
	AUTO(alloc_free) char *url = http_url_join(ingest->settings->trading_url, path);

	fetch_ask(ingest, url, fn, broker);
}

static void clock_stored(void *owner, const struct pg_answer *answer)
{
	struct broker *broker = owner;

	if (answer->outcome != PG_DONE)
		note_failure(broker, "clock", answer->error);
	end(broker);
}

static void clock_came(void *owner, const struct http_response *response)
{
	struct broker *broker = owner;
	struct answer answer;
	struct broker_clock clock;
	struct err err;

	fetch_read(broker->ingest, response, &broker->pace, &answer);
	if (answer.kind != ANSWER_OK)
		fail(broker, "clock", answer.message);
	else if (broker_clock_parse(response->body, response->length, &clock, &err) < 0)
		fail(broker, "clock", err.text);
	else
		db_broker_clock(broker->ingest->pg, &clock, clock_stored, broker);
}

/* A fixture that ends today has no next session, and then no clock. */
static void play_clock(struct broker *broker)
{
	struct broker_clock clock;

	if (fixture_clock(&broker->calendar, broker->now, &clock))
		db_broker_clock(broker->ingest->pg, &clock, clock_stored, broker);
	else
		end(broker);
}

/* Also when the calendar did not come: the clock may. */
static void ask_clock(struct broker *broker)
{
	if (broker->ingest->fixture != NULL)
		play_clock(broker);
	else if (held(broker).us > 0)
		fail(broker, "clock", "the request budget is spent");
	else
		ask(broker, "/v2/clock", clock_came);
}

static void skip_calendar(struct broker *broker, const char *why)
{
	note_failure(broker, "calendar", why);
	ask_clock(broker);
}

static void calendar_stored(void *owner, const struct pg_answer *answer)
{
	struct broker *broker = owner;

	if (answer->outcome != PG_DONE) {
		skip_calendar(broker, answer->error);
		return;
	}
	broker->read_day = ny_date(broker->now);
	broker->read_at = clock_mono(broker->ingest->clock);
	log_info(broker->ingest->log, "calendar.stored", "the broker's calendar was read",
		LOG_INT("days", broker->calendar.ndays));
	ask_clock(broker);
}

static void store_days(struct broker *broker, struct calendar_day *days, size_t count)
{
	AUTO(alloc_free) char *text = broker_days_print(days, count);

	alloc_free(&broker->days);
	broker->days = days;
	broker->calendar = (struct calendar){days, count};
	db_calendar(broker->ingest->pg, text, calendar_stored, broker);
}

static void calendar_came(void *owner, const struct http_response *response)
{
	struct broker *broker = owner;
	struct answer answer;
	struct calendar_day *days = NULL;
	size_t count = 0;
	struct err err;

	fetch_read(broker->ingest, response, &broker->pace, &answer);
	if (answer.kind != ANSWER_OK)
		skip_calendar(broker, answer.message);
	else if (broker_days_parse(response->body, response->length, &days, &count, &err) < 0)
		skip_calendar(broker, err.text);
	else
		store_days(broker, days, count);
}

static void ask_calendar(struct broker *broker)
{
	struct date today = ny_date(broker->now);
	char from[DATE_TEXT];
	char to[DATE_TEXT];

	date_format(date_add_days(today, -DAYS_BACK), from);
	date_format(date_add_days(today, DAYS_AHEAD), to);

	AUTO(alloc_free) char *path = alloc_print("/v2/calendar?start=%s&end=%s", from, to);
	ask(broker, path, calendar_came);
}

static void play_calendar(struct broker *broker)
{
	size_t count;
	struct calendar_day *days =
		fixture_days(broker->ingest->fixture, ny_date(broker->now), &count);

	store_days(broker, days, count);
}

static bool calendar_is_due(const struct broker *broker)
{
	struct span age = mono_since(clock_mono(broker->ingest->clock), broker->read_at);

	return broker->read_day.year == 0 || age.us >= span_sec(CALENDAR_SEC).us ||
	       date_compare(broker->read_day, ny_date(broker->now)) != 0;
}

static void timed(void *owner, const struct pg_answer *answer)
{
	struct broker *broker = owner;
	struct err err;

	if (answer->outcome != PG_DONE)
		fail(broker, "clock", answer->error);
	else if (db_now(answer, &broker->now, &err) < 0)
		fail(broker, "clock", err.text);
	else if (calendar_is_due(broker) && broker->ingest->fixture != NULL)
		play_calendar(broker);
	else if (calendar_is_due(broker))
		ask_calendar(broker);
	else
		ask_clock(broker);
}

static void begin(struct broker *broker)
{
	if (broker->busy || !ingest_may_fetch(broker->ingest))
		return;
	broker->busy = true;
	broker->failed = false;
	db_clock(broker->ingest->pg, timed, broker);
}

static void on_timer(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	begin(owner);
}

void broker_start(struct broker *broker)
{
	broker->read_day = (struct date){0};
	begin(broker);
}

void broker_stop(struct broker *broker)
{
	event_del(broker->timer);
	http_forget(broker->ingest->http, broker);
	pg_forget(broker->ingest->pg, broker);
	broker->busy = false;
}

struct broker *broker_new(struct ingest *ingest)
{
	struct broker *broker = alloc_zero(sizeof(*broker));

	broker->ingest = ingest;
	broker->backoff = (struct backoff){.first = span_sec(1), .most = span_sec(30)};
	broker->timer = event_new(daemon_base(ingest->daemon), -1, 0, on_timer, broker);
	must(broker->timer != NULL);
	return broker;
}

void broker_free(struct broker **broker)
{
	if (*broker == NULL)
		return;
	broker_stop(*broker);
	event_free((*broker)->timer);
	alloc_free(&(*broker)->days);
	alloc_free(broker);
}

const struct calendar *broker_calendar(const struct broker *broker)
{
	return &broker->calendar;
}

const char *broker_trouble(const struct broker *broker)
{
	return broker->trouble[0] != '\0' ? broker->trouble : NULL;
}
