/* poller.c - see poller.h. */
#include "ingestd/poller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "ingestd/db.h"
#include "ingestd/demand.h"
#include "ingestd/ingest.h"
#include "ingestd/lag.h"
#include "ingestd/plan.h"
#include "ingestd/poll.h"

enum {
	POLLS_MOST = 8, /* at a time, over all feeds and parts */
};

struct poller {
	struct ingest *ingest;
	struct plan *plan;
	struct event *timer;
	bool going;
	struct pace pace; /* of the data host */
	struct date parted;
	struct poll *polls[POLLS_MOST];
	struct lag lag;
};

static void poll_due(struct poller *poller);

static struct mono mono_now(const struct poller *poller)
{
	return clock_mono(poller->ingest->clock);
}

static enum feed unnamed(const struct poller *poller)
{
	return (enum feed)poller->ingest->settings->data_feed;
}

static struct poll **free_place(struct poller *poller)
{
	for (size_t i = 0; i < POLLS_MOST; i++)
		if (poller->polls[i] == NULL)
			return &poller->polls[i];
	return NULL;
}

static void give_place_back(struct poller *poller, const struct poll *poll)
{
	for (size_t i = 0; i < POLLS_MOST; i++)
		if (poller->polls[i] == poll)
			poller->polls[i] = NULL;
}

size_t poller_under_way(const struct poller *poller)
{
	size_t count = 0;

	for (size_t i = 0; i < POLLS_MOST; i++)
		count += poller->polls[i] != NULL;
	return count;
}

static void log_drops(struct poller *poller, const struct market_rows *rows)
{
	for (size_t i = 0; i < rows->dropped; i++)
		log_warning(poller->ingest->log, "metric.dropped", "a value could not be used",
			LOG_TEXT("symbol", rows->drops[i].symbol.text),
			LOG_TEXT("metric", market_metric_words[rows->drops[i].metric]),
			LOG_TEXT("why", rows->drops[i].why));
}

static void count_rows(struct poller *poller, const struct market_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		char labels[64];

		snprintf(labels, sizeof(labels), "metric=\"%s\"",
			market_metric_words[rows->items[i].metric]);
		metric_add(daemon_metrics(poller->ingest->daemon), "ingest_rows_total", labels,
			"Rows that feeds answered, news or not.", 1);
	}
}

static void count_error(struct poller *poller, const char *kind)
{
	char labels[64];

	snprintf(labels, sizeof(labels), "kind=\"%s\"", kind);
	metric_add(daemon_metrics(poller->ingest->daemon), "ingest_errors_total", labels,
		"Polls that failed, by reason.", 1);
}

/* A poll that was under way when a symbol left the documents brings it once more: it must not be watched for ever. */
static void note_lag(struct poller *poller, const struct market_rows *rows)
{
	AUTO(watch_free)
	struct watch *watch = demand_union(roster_people(poller->ingest->roster), unnamed(poller));
	size_t count;
	const struct watch_entry *entries = watch_entries(watch, &count);

	lag_note(&poller->lag, rows);
	lag_keep(&poller->lag, entries, count);
}

static void take_batch(struct poller *poller, struct plan_key key, const struct poll_result *result)
{
	AUTO(alloc_free)
	char *inputs = demand_inputs(
		roster_people(poller->ingest->roster), unnamed(poller), key.asset_class, key.feed);

	log_drops(poller, result->rows);
	count_rows(poller, result->rows);
	note_lag(poller, result->rows);
	if (inputs != NULL)
		db_fetched(poller->ingest->pg, inputs);
	metric_add(daemon_metrics(poller->ingest->daemon), "ingest_rows_written_total", NULL,
		"Rows that were news.", result->written);
	log_debug(poller->ingest->log, "poll.stored", "a batch was stored",
		LOG_TEXT("feed", feed_words[key.feed]), LOG_INT("symbols", result->rows->present),
		LOG_INT("rows", result->rows->count), LOG_INT("written", result->written));
}

static void note_success(struct poller *poller, struct plan_call *call)
{
	if (call->trouble[0] != '\0')
		log_info(poller->ingest->log, "poll.recovered", "the feed answers again",
			LOG_TEXT("feed", feed_words[call->key.feed]));
	plan_polled(call, mono_now(poller));
}

static void note_failure(struct poller *poller, struct plan_key key, struct plan_call *call,
	const struct poll_result *result)
{
	struct mono now = mono_now(poller);
	struct span wait = {0};

	if (call != NULL) {
		char why[PLAN_TROUBLE];

		snprintf(why, sizeof(why), "feed %s: %s", feed_words[key.feed],
			result->answer.message);
		plan_failed(call, now, arc4random(), why);
		wait = mono_since(call->due, now);
	}
	count_error(poller, result->kind);
	log_warning(poller->ingest->log, "poll.failed", "asked again after the wait",
		LOG_TEXT("feed", feed_words[key.feed]), LOG_TEXT("kind", result->kind),
		LOG_TEXT("why", result->answer.message), LOG_INT("wait_ms", wait.us / 1000));
}

static void note_throttle(struct poller *poller, struct plan_key key, struct plan_call *call)
{
	struct span wait = pace_wait(&poller->pace, PACE_ASK, clock_wall(poller->ingest->clock));

	if (call != NULL)
		plan_delayed(call, mono_now(poller), wait);
	count_error(poller, answer_kind_text(ANSWER_THROTTLED));
	log_warning(poller->ingest->log, "poll.throttled", "asked again when the quota is renewed",
		LOG_TEXT("feed", feed_words[key.feed]), LOG_INT("wait_ms", wait.us / 1000));
}

/* False when the named symbol is none that we asked for: then the refusal is a failure like any other. */
static bool note_bad_symbol(struct poller *poller, struct plan_key key, struct plan_call *call,
	const struct answer *answer)
{
	if (call != NULL && !plan_bad_symbol(poller->plan, call, answer->symbol, mono_now(poller)))
		return false;
	count_error(poller, answer_kind_text(ANSWER_BAD_SYMBOL));
	log_warning(poller->ingest->log, "symbol.refused",
		"left out for an hour; the others are asked for again",
		LOG_TEXT("symbol", answer->symbol), LOG_TEXT("feed", feed_words[key.feed]),
		LOG_TEXT("why", answer->message));
	return true;
}

static void polled(void *owner, struct poll *poll, const struct poll_result *result)
{
	struct poller *poller = owner;
	struct plan_key key = poll_key(poll);
	struct plan_call *call = plan_find(poller->plan, key);

	give_place_back(poller, poll);
	if (result->stored) {
		take_batch(poller, key, result);
		if (call != NULL)
			note_success(poller, call);
	} else if (result->answer.kind == ANSWER_THROTTLED) {
		note_throttle(poller, key, call);
	} else if (result->answer.kind != ANSWER_BAD_SYMBOL ||
		   !note_bad_symbol(poller, key, call, &result->answer)) {
		note_failure(poller, key, call, result);
	}
	poll_due(poller);
	ingest_settled(poller->ingest);
}

static void begin(struct poller *poller, struct plan_call *call, struct poll **place)
{
	struct mono now = mono_now(poller);
	AUTO(alloc_free)
	struct watch_entry *entries = alloc_array(call->count, sizeof(*entries));
	size_t count = plan_entries(poller->plan, call, now, entries);
	struct span wait = pace_wait(&poller->pace, PACE_ASK, clock_wall(poller->ingest->clock));

	if (count == 0 || wait.us > 0) {
		plan_delayed(call, now, wait.us > 0 ? wait : call->interval);
		return;
	}

	struct poll_request request = {
		.ingest = poller->ingest,
		.key = call->key,
		.entries = entries,
		.count = count,
		.pace = &poller->pace,
		.parted = &poller->parted,
		.done = polled,
		.owner = poller,
	};
	plan_started(call, now);
	*place = poll_begin(&request);
}

static void arm(struct poller *poller)
{
	struct span wait;

	if (!plan_wait(poller->plan, mono_now(poller), &wait)) {
		event_del(poller->timer);
		return;
	}
	/* A millisecond more: a timer that fires a hair too early would only come again. */
	wait.us += 1000;
	struct timeval in = span_timeval(wait);
	event_add(poller->timer, &in);
}

static void poll_due(struct poller *poller)
{
	struct plan_call *call;
	struct poll **place;

	if (!poller->going || !ingest_may_fetch(poller->ingest))
		return;
	while ((place = free_place(poller)) != NULL &&
		(call = plan_due(poller->plan, mono_now(poller))) != NULL)
		begin(poller, call, place);
	if (place != NULL)
		arm(poller);
}

static void on_timer(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	poll_due(owner);
}

void poller_replan(struct poller *poller)
{
	AUTO(watch_free)
	struct watch *watch = demand_union(roster_people(poller->ingest->roster), unnamed(poller));
	size_t count;
	const struct watch_entry *entries = watch_entries(watch, &count);

	plan_replace(poller->plan, entries, count, mono_now(poller));
	lag_keep(&poller->lag, entries, count);
	poll_due(poller);
}

void poller_start(struct poller *poller)
{
	plan_reset(poller->plan, mono_now(poller));
	poller->going = false;
}

void poller_go(struct poller *poller)
{
	if (poller->going)
		return;
	poller->going = true;
	poll_due(poller);
}

void poller_stop(struct poller *poller)
{
	poller->going = false;
	event_del(poller->timer);
	for (size_t i = 0; i < POLLS_MOST; i++)
		poll_drop(&poller->polls[i]);
}

struct poller *poller_new(struct ingest *ingest)
{
	struct poller *poller = alloc_zero(sizeof(*poller));

	poller->ingest = ingest;
	poller->plan = plan_new();
	poller->timer = event_new(daemon_base(ingest->daemon), -1, 0, on_timer, poller);
	must(poller->timer != NULL);
	return poller;
}

void poller_free(struct poller **poller)
{
	if (*poller == NULL)
		return;
	poller_stop(*poller);
	event_free((*poller)->timer);
	plan_free(&(*poller)->plan);
	alloc_free(poller);
}

const char *poller_trouble(const struct poller *poller)
{
	return plan_trouble(poller->plan);
}

void poller_measure(const struct poller *poller, struct metrics *metrics)
{
	lag_measure(&poller->lag, clock_wall(poller->ingest->clock), metrics);
}
