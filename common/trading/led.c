/* led.c - see led.h. */
#include "common/trading/led.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/leader.h"
#include "common/sys/must.h"
#include "common/trading/schema.h"

enum {
	BEAT_SEC = 3,
	BEAT_DEADLINE_SEC = 30, /* it may stand behind others */
};

static const char HUNG[] = "10s";

struct led {
	struct led_options options;
	struct log *log;
	struct pg *pg;
	struct leader *leader;
	struct roster *roster;
	struct event *beat;
	bool leading, draining;
};

/* The server ends this session, and the lead with it, once nothing has come from here for HUNG: another one takes
 * over from a process that hangs or is stopped, which then finds its session gone and writes nothing more. */
const struct pg_stmt led_statement = {
	"led_beat", 1, "select set_config('idle_session_timeout', $1::text, false)"};

static void beat(struct led *led)
{
	static const struct timeval every = {.tv_sec = BEAT_SEC};

	pg_ask(led->pg, &led_statement, (const char *const[]){HUNG}, span_sec(BEAT_DEADLINE_SEC),
		NULL, led);
	event_add(led->beat, &every);
}

static void on_beat(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	beat(owner);
}

static void on_gained(void *owner)
{
	struct led *led = owner;

	if (led->draining)
		return;
	led->leading = true;
	beat(led);
	roster_start(led->roster);
	led->options.hooks.gained(led->options.hooks.owner);
}

static void on_lost(void *owner)
{
	struct led *led = owner;

	if (!led->leading)
		return;
	led->leading = false;
	event_del(led->beat);
	roster_stop(led->roster);
	led->options.hooks.lost(led->options.hooks.owner);
}

static void on_up(void *owner)
{
	struct led *led = owner;

	schema_require(led->options.daemon, led->pg);
	if (led->options.leads && !led->draining)
		leader_up(led->leader);
}

static void on_down(void *owner, const char *why)
{
	struct led *led = owner;

	(void)why;
	leader_down(led->leader);
}

static void on_notified(void *owner, const char *channel, const char *payload)
{
	struct led *led = owner;
	const struct led_hooks *hooks = &led->options.hooks;

	if (!led->leading)
		return;
	if (strcmp(channel, "config_changed") == 0)
		roster_rung(led->roster, payload);
	else if (hooks->rung != NULL)
		hooks->rung(hooks->owner, channel, payload);
}

static void on_changed(void *owner)
{
	struct led *led = owner;

	led->options.hooks.changed(led->options.hooks.owner);
}

static void on_unusable(
	void *owner, const char *uid, struct person_stamp stamp, const struct config_report *report)
{
	struct led *led = owner;
	const struct led_hooks *hooks = &led->options.hooks;
	const struct config_problem *first = report->nerrors > 0 ? &report->errors[0] : NULL;

	log_warning(led->log, "config.unusable", led->options.unusable, LOG_TEXT("uid", uid),
		LOG_INT("version", stamp.version),
		LOG_TEXT("code", first ? config_code_name(first->code) : ""),
		LOG_TEXT("path", first ? first->path : ""),
		LOG_TEXT("why", first ? first->message : ""));
	metric_add(daemon_metrics(led->options.daemon), "configs_unusable_total", NULL,
		"Stored documents that did not validate.", 1);
	if (hooks->unusable != NULL)
		hooks->unusable(hooks->owner, uid, stamp, report);
}

static void on_unread(void *owner, const char *why)
{
	struct led *led = owner;

	log_warning(led->log, "config.not_read", "the documents known stay in force",
		LOG_TEXT("why", why));
}

static struct pg *make_session(struct led *led)
{
	struct daemon *daemon = led->options.daemon;
	const struct pg_options options = {
		.base = daemon_base(daemon),
		.log = led->log,
		.clock = daemon_clock(daemon),
		.metrics = daemon_metrics(daemon),
		.conninfo = daemon_common(daemon)->database_url,
		.name = led->options.name,
		.channels = led->options.channels,
		.hooks = {on_up, on_down, on_notified, led},
	};

	return pg_new(&options);
}

static struct roster *make_roster(struct led *led)
{
	const struct roster_options options = {
		.base = daemon_base(led->options.daemon),
		.pg = led->pg,
		.worker_interval_seconds = led->options.interval_seconds,
		.allow_unattended = led->options.allow_unattended,
		.hooks = {on_changed, on_unusable, on_unread, led},
	};

	return roster_new(&options);
}

struct led *led_new(const struct led_options *options)
{
	struct led *led = alloc_zero(sizeof(*led));
	const struct leader_hooks hooks = {on_gained, on_lost, led};

	led->options = *options;
	led->log = daemon_log(options->daemon);
	led->pg = make_session(led);
	led->leader =
		leader_new(daemon_base(options->daemon), led->log, led->pg, options->name, &hooks);
	led->roster = make_roster(led);
	led->beat = evtimer_new(daemon_base(options->daemon), on_beat, led);
	must(led->beat != NULL);
	return led;
}

void led_free(struct led **led)
{
	if (*led == NULL)
		return;
	event_free((*led)->beat);
	roster_free(&(*led)->roster);
	leader_free(&(*led)->leader);
	pg_free(&(*led)->pg);
	alloc_free(led);
}

void led_start(struct led *led)
{
	pg_start(led->pg);
}

void led_drain(struct led *led)
{
	led->draining = true;
}

bool led_leads(const struct led *led)
{
	return led->leading;
}

struct pg *led_pg(const struct led *led)
{
	return led->pg;
}

struct roster *led_roster(const struct led *led)
{
	return led->roster;
}

bool led_ready(const struct led *led, char *missing, size_t size)
{
	const char *why = led->leading ? roster_trouble(led->roster) : NULL;

	if (!pg_ready(led->pg))
		snprintf(missing, size, "database: %s", pg_trouble(led->pg));
	else if (why != NULL)
		snprintf(missing, size, "%s", why);
	else if (led->options.leads && !led->leading)
		snprintf(missing, size, "stands by: another instance leads");
	return pg_ready(led->pg) && why == NULL;
}

void led_measure(const struct led *led, struct metrics *metrics)
{
	metric_set(metrics, "leading", NULL, "1 while this instance leads.", led->leading);
}
