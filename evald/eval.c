/* eval.c - see eval.h: leading or standing by, and the turns. */
#include "evald/eval.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
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

	struct timeval in = span_timeval(wait);
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
	else if ((eval->taken & WAKE_EVALUATE) && eval->off == NULL && !eval->draining)
		round_begin(eval->round);
	else
		rounded(eval, true, "");
}

static void turn(struct eval *eval)
{
	if (eval->busy || eval->wake == 0 || eval->draining || !led_leads(eval->led) ||
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

static void on_gained(void *owner)
{
	struct eval *eval = owner;
	struct timeval sweep = {.tv_sec = eval->settings->worker.interval_sec};
	struct timeval tick = {.tv_sec = TICK_SEC};

	event_add(eval->sweep, &sweep);
	event_add(eval->tick, &tick);
}

/* Nothing of a turn may be written any more: another one may lead by now. */
static void stop_work(struct eval *eval)
{
	event_del(eval->sweep);
	event_del(eval->tick);
	event_del(eval->again);
	follow_stop(eval->follow);
	round_stop(eval->round);
	rings_stop(eval->rings);
	eval->busy = false;
	eval->wake = 0;
}

static void on_lost(void *owner)
{
	struct eval *eval = owner;

	stop_work(eval);
	if (eval->draining)
		daemon_drained(eval->daemon);
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

static void on_rung(void *owner, const char *channel, const char *payload)
{
	static const struct {
		const char *channel;
		void (*ring)(struct eval *eval, const char *payload);
	} doorbells[] = {
		{"market_data", ring_market},
		{"question_closed", ring_closed},
		{"order_changed", ring_order},
	};
	struct eval *eval = owner;

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

	follow_unusable(eval->follow, uid, stamp, report);
}

static struct led *make_led(struct eval *eval)
{
	const struct led_options options = {
		.daemon = eval->daemon,
		.name = "hybridhub-evald",
		.channels = channels,
		.unusable = "this user is switched off, and told",
		.interval_seconds = eval->settings->worker.interval_sec,
		.allow_unattended = eval->settings->allow_unattended,
		.leads = true,
		.hooks = {on_gained, on_lost, on_rung, on_changed, on_unusable, eval},
	};

	return led_new(&options);
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

	(void)err;
	eval->daemon = daemon;
	eval->log = daemon_log(daemon);
	eval->clock = daemon_clock(daemon);
	eval->settings = settings;
	eval->off = eval_settings_off(settings, daemon_common(daemon));
	eval->backoff = (struct backoff){.first = span_ms(500), .most = span_sec(30)};
	eval->led = make_led(eval);
	eval->pg = led_pg(eval->led);
	eval->roster = led_roster(eval->led);
	eval->book = book_new();
	eval->follow = follow_new(eval, followed);
	eval->round = round_new(eval, rounded);
	eval->rings = rings_new(eval);
	eval->sweep = make_timer(eval, EV_PERSIST, on_sweep);
	eval->tick = make_timer(eval, EV_PERSIST, on_tick);
	eval->again = make_timer(eval, 0, on_again);
	if (eval->settings->test_mode)
		log_warning(eval->log, "eval.test_mode",
			"every question is about the broker account `test`",
			LOG_TEXT("setting", "QUESTION_PIPELINE_TEST_MODE"));
	if (eval->off != NULL)
		log_warning(eval->log, "eval.idle", "switched off: nothing is asked",
			LOG_TEXT("setting", eval->off));
	led_start(eval->led);
	*state_out = eval;
	return 0;
}

bool eval_ready(void *state, char *missing, size_t size)
{
	const struct eval *eval = state;
	bool stuck = led_leads(eval->led) && eval->trouble[0] != '\0';

	if (!led_ready(eval->led, missing, size))
		return false;
	if (stuck)
		snprintf(missing, size, "%s", eval->trouble);
	else if (eval->off != NULL)
		snprintf(missing, size, "idle: %s is false", eval->off);
	return !stuck;
}

void eval_drain(void *state)
{
	struct eval *eval = state;

	eval->draining = true;
	led_drain(eval->led);
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
	event_free(eval->sweep);
	event_free(eval->tick);
	event_free(eval->again);
	led_free(&eval->led);
	alloc_free(&eval);
}

void eval_measure(void *state, struct metrics *metrics)
{
	const struct eval *eval = state;

	led_measure(eval->led, metrics);
	worker_measure(eval->off, metrics);
	metric_set(metrics, "rules_armed", NULL, "Rule instances that are looked at.",
		(int64_t)book_count(eval->book));
}
