/* eval.c - see eval.h: leading or standing by, and the turns. */
#include "evald/eval.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/trading/schema.h"
#include "evald/follow.h"
#include "evald/rings.h"
#include "evald/round.h"

enum {
	TICK_SEC = 5, /* an expired question is closed within this */
};

static const char *const channels[] = {
	"market_data", "question_closed", "order_changed", "config_changed", NULL};

static void turn(struct eval *eval);

void eval_wake(struct eval *eval, unsigned reasons)
{
	eval->wake |= reasons;
	turn(eval);
}

static void turn_over(struct eval *eval)
{
	eval->busy = false;
	if (eval->draining) {
		daemon_drained(eval->daemon);
		return;
	}
	rings_settle(eval->rings);
	turn(eval);
}

static void turn_failed(struct eval *eval, const char *why)
{
	uint32_t random;
	struct span wait;

	evutil_secure_rng_get_bytes(&random, sizeof(random));
	wait = backoff_next(&eval->backoff, random);
	eval->wake |= eval->taken;
	snprintf(eval->trouble, sizeof(eval->trouble), "evaluation: %s", why);
	log_warning(eval->log, "turn.failed", "begun again after the wait", LOG_TEXT("why", why),
		LOG_INT("wait_ms", wait.us / 1000));

	struct timeval in = {wait.us / 1000000, wait.us % 1000000};
	event_add(eval->again, &in);
	eval->busy = false;
	if (eval->draining)
		daemon_drained(eval->daemon);
}

static void rounded(struct eval *eval, bool ok, const char *why)
{
	if (!ok) {
		turn_failed(eval, why);
		return;
	}
	backoff_reset(&eval->backoff);
	eval->trouble[0] = '\0';
	turn_over(eval);
}

static void followed(struct eval *eval, bool ok, const char *why)
{
	if (!ok)
		turn_failed(eval, why);
	else if ((eval->taken & WAKE_EVALUATE) && eval->asks && !eval->draining)
		round_begin(eval->round);
	else
		rounded(eval, true, "");
}

static void turn(struct eval *eval)
{
	if (eval->busy || eval->wake == 0 || eval->draining || !eval->leading ||
		!roster_complete(eval->roster) || event_pending(eval->again, EV_TIMEOUT, NULL))
		return;
	eval->taken = eval->wake;
	eval->wake = 0;
	eval->busy = true;
	follow_begin(eval->follow, (eval->taken & WAKE_FOLLOW) != 0);
}

static void on_again(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	turn(owner);
}

static void on_sweep(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	eval_wake(owner, WAKE_EVALUATE | WAKE_FOLLOW);
}

static void on_tick(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	eval_wake(owner, WAKE_FOLLOW);
}

static void on_leading(void *owner)
{
	struct eval *eval = owner;
	struct timeval sweep = {.tv_sec = eval->settings->interval_sec};
	struct timeval tick = {.tv_sec = TICK_SEC};

	if (eval->draining)
		return;
	eval->leading = true;
	event_add(eval->sweep, &sweep);
	event_add(eval->tick, &tick);
	roster_start(eval->roster);
}

/* Nothing of a turn may be written any more: another one may lead by now. */
static void stop_work(struct eval *eval)
{
	eval->leading = false;
	event_del(eval->sweep);
	event_del(eval->tick);
	event_del(eval->again);
	roster_stop(eval->roster);
	follow_stop(eval->follow);
	round_stop(eval->round);
	rings_stop(eval->rings);
	eval->busy = false;
	eval->wake = 0;
}

static void on_deposed(void *owner)
{
	struct eval *eval = owner;

	stop_work(eval);
	if (eval->draining)
		daemon_drained(eval->daemon);
}

static void on_up(void *owner)
{
	struct eval *eval = owner;

	schema_require(eval->daemon, eval->pg);
	if (!eval->draining)
		leader_up(eval->leader);
}

static void on_down(void *owner, const char *why)
{
	struct eval *eval = owner;

	(void)why;
	leader_down(eval->leader);
}

static void ring_market(struct eval *eval, const char *payload)
{
	(void)payload;
	eval_wake(eval, WAKE_EVALUATE);
}

static void ring_closed(struct eval *eval, const char *payload)
{
	rings_closed(eval->rings, payload);
}

static void ring_order(struct eval *eval, const char *payload)
{
	(void)payload;
	eval_wake(eval, WAKE_FOLLOW);
}

static void ring_config(struct eval *eval, const char *payload)
{
	roster_rung(eval->roster, payload);
}

static void on_notified(void *owner, const char *channel, const char *payload)
{
	static const struct {
		const char *channel;
		void (*ring)(struct eval *eval, const char *payload);
	} doorbells[] = {
		{"market_data", ring_market},
		{"question_closed", ring_closed},
		{"order_changed", ring_order},
		{"config_changed", ring_config},
	};
	struct eval *eval = owner;

	if (!eval->leading)
		return;
	for (size_t i = 0; i < LENGTH(doorbells); i++)
		if (strcmp(doorbells[i].channel, channel) == 0)
			doorbells[i].ring(eval, payload);
}

static void on_changed(void *owner)
{
	struct eval *eval = owner;

	book_rebuild(eval->book, roster_people(eval->roster));
	log_debug(eval->log, "book.rebuilt", "the armed rules are others now",
		LOG_INT("people", people_count(roster_people(eval->roster))),
		LOG_INT("armed", book_count(eval->book)));
	eval_wake(eval, WAKE_EVALUATE | WAKE_FOLLOW);
}

static void on_unusable(
	void *owner, const char *uid, struct person_stamp stamp, const struct config_report *report)
{
	struct eval *eval = owner;
	const struct config_problem *first = report->nerrors > 0 ? &report->errors[0] : NULL;

	log_warning(eval->log, "config.unusable", "this user is switched off, and told",
		LOG_TEXT("uid", uid), LOG_INT("version", stamp.version),
		LOG_TEXT("code", first ? config_code_name(first->code) : ""),
		LOG_TEXT("path", first ? first->path : ""),
		LOG_TEXT("why", first ? first->message : ""));
	metric_add(daemon_metrics(eval->daemon), "configs_unusable_total", NULL,
		"Stored documents that did not validate.", 1);
	follow_unusable(eval->follow, uid, stamp, report);
}

static void on_unread(void *owner, const char *why)
{
	struct eval *eval = owner;

	log_warning(eval->log, "config.not_read", "the documents known stay in force",
		LOG_TEXT("why", why));
}

static struct pg *make_session(struct eval *eval)
{
	const struct pg_options options = {
		.base = daemon_base(eval->daemon),
		.log = eval->log,
		.clock = eval->clock,
		.metrics = daemon_metrics(eval->daemon),
		.conninfo = daemon_common(eval->daemon)->database_url,
		.name = "hybridhub-evald",
		.channels = channels,
		.hooks = {on_up, on_down, on_notified, eval},
	};

	return pg_new(&options);
}

static struct roster *make_roster(struct eval *eval)
{
	const struct roster_options options = {
		.base = daemon_base(eval->daemon),
		.pg = eval->pg,
		.worker_interval_seconds = eval->settings->interval_sec,
		.allow_unattended = eval->settings->allow_unattended,
		.hooks = {on_changed, on_unusable, on_unread, eval},
	};

	return roster_new(&options);
}

static struct event *make_timer(struct eval *eval, short what, event_callback_fn fn)
{
	struct event *timer = event_new(daemon_base(eval->daemon), -1, what, fn, eval);

	must(timer != NULL);
	return timer;
}

int eval_start(struct daemon *daemon, const void *settings, void **state_out, struct err *err)
{
	struct eval *eval = alloc_zero(sizeof(*eval));
	const struct leader_hooks hooks = {on_leading, on_deposed, eval};

	(void)err;
	eval->daemon = daemon;
	eval->log = daemon_log(daemon);
	eval->clock = daemon_clock(daemon);
	eval->settings = settings;
	eval->asks = eval_settings_ask(settings, daemon_common(daemon));
	eval->backoff = (struct backoff){.first = span_ms(500), .most = span_sec(30)};
	eval->pg = make_session(eval);
	eval->leader =
		leader_new(daemon_base(daemon), eval->log, eval->pg, "hybridhub-evald", &hooks);
	eval->roster = make_roster(eval);
	eval->book = book_new();
	eval->follow = follow_new(eval, followed);
	eval->round = round_new(eval, rounded);
	eval->rings = rings_new(eval);
	eval->sweep = make_timer(eval, EV_PERSIST, on_sweep);
	eval->tick = make_timer(eval, EV_PERSIST, on_tick);
	eval->again = make_timer(eval, 0, on_again);
	if (!eval->asks)
		log_info(eval->log, "eval.idle", "switched off: nothing is asked",
			LOG_INT("trading_enabled", daemon_common(daemon)->trading_enabled));
	pg_start(eval->pg);
	*state_out = eval;
	return 0;
}

bool eval_ready(void *state, char *missing, size_t size)
{
	const struct eval *eval = state;
	const char *why = NULL;

	if (!pg_ready(eval->pg))
		why = pg_trouble(eval->pg);
	else if (eval->leading && eval->trouble[0] != '\0')
		why = eval->trouble;
	if (why != NULL)
		snprintf(missing, size, "%s", why);
	return why == NULL;
}

void eval_drain(void *state)
{
	struct eval *eval = state;

	eval->draining = true;
	if (!eval->busy)
		daemon_drained(eval->daemon);
}

void eval_stop(void *state)
{
	struct eval *eval = state;

	stop_work(eval);
	round_free(&eval->round);
	follow_free(&eval->follow);
	rings_free(&eval->rings);
	book_free(&eval->book);
	roster_free(&eval->roster);
	event_free(eval->sweep);
	event_free(eval->tick);
	event_free(eval->again);
	leader_free(&eval->leader);
	pg_free(&eval->pg);
	alloc_free(&eval);
}

void eval_measure(void *state, struct metrics *metrics)
{
	const struct eval *eval = state;

	metric_set(metrics, "leading", NULL, "1 while this instance leads.", eval->leading);
	metric_set(metrics, "rules_armed", NULL, "Rule instances that are looked at.",
		(int64_t)book_count(eval->book));
}
