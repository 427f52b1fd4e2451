/* daemon_life.c - from start() to stop(): loop, signals, readiness, watchdog, drain. See daemon.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "common/sys/daemon_own.h"
#include "common/sys/must.h"
#include "common/sys/notify.h"
#include "common/sys/process.h"
#include "common/sys/version.h"

enum {
	TICK_STARTING_MS = 20, /* exec to ready takes at most a second */
	TICK_MS = 1000,
	DRAIN_SEC = 45, /* less than the 60 s that the units give */
	MISSING_TEXT = 256,
};

static void leave(struct daemon *daemon)
{
	daemon->phase = DAEMON_ENDED;
	event_base_loopexit(daemon->base, NULL);
}

void daemon_drained(struct daemon *daemon)
{
	if (daemon->phase == DAEMON_DRAINING)
		leave(daemon);
}

void daemon_fail(struct daemon *daemon, int exit_code)
{
	daemon->exit_code = exit_code;
	leave(daemon);
}

static bool app_ready(void *owner, char *missing, size_t size)
{
	struct daemon *daemon = owner;

	if (daemon->phase >= DAEMON_DRAINING) {
		snprintf(missing, size, "draining");
		return false;
	}
	return daemon->state != NULL && daemon->app->ready(daemon->state, missing, size);
}

static void note_ready(struct daemon *daemon, bool ready, const char *missing)
{
	if (ready && !daemon->noticed) {
		notify_send("READY=1\nSTATUS=ready");
		daemon->noticed = true;
	} else {
		notify_send("STATUS=%s%s%s", ready ? "ready" : "not ready",
			missing[0] != '\0' ? ": " : "", missing);
	}
	if (ready)
		log_info(daemon->log, "daemon.ready", "ready", LOG_INT("pid", getpid()));
	else
		log_warning(daemon->log, "daemon.unready", "not ready any more",
			LOG_TEXT("missing", missing));
	daemon->ready = ready;
}

static void on_tick(evutil_socket_t fd, short what, void *owner)
{
	struct daemon *daemon = owner;
	char missing[MISSING_TEXT] = "";

	(void)fd;
	(void)what;
	bool ready = app_ready(daemon, missing, sizeof(missing));
	if (ready != daemon->ready && daemon->phase == DAEMON_RUNNING)
		note_ready(daemon, ready, missing);
	struct timeval next = span_timeval(span_ms(daemon->noticed ? TICK_MS : TICK_STARTING_MS));
	event_add(daemon->tick, &next);
}

static void on_watchdog(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	(void)owner;
	notify_send("WATCHDOG=1");
}

static void on_deadline(evutil_socket_t fd, short what, void *owner)
{
	struct daemon *daemon = owner;

	(void)fd;
	(void)what;
	log_warning(daemon->log, "daemon.drain_overdue", "not drained in time; ending anyway",
		LOG_INT("seconds", DRAIN_SEC));
	leave(daemon);
}

static void on_quit(evutil_socket_t signal_number, short what, void *owner)
{
	struct daemon *daemon = owner;
	struct timeval most = {.tv_sec = DRAIN_SEC};

	(void)what;
	if (daemon->phase != DAEMON_RUNNING) {
		log_warning(daemon->log, "daemon.ended", "told twice; ending at once",
			LOG_INT("signal", signal_number));
		leave(daemon);
		return;
	}
	notify_send("STOPPING=1");
	log_info(daemon->log, "daemon.draining", "taking no new work",
		LOG_INT("signal", signal_number));
	daemon->phase = DAEMON_DRAINING;
	event_add(daemon->deadline, &most);
	if (daemon->app->drain != NULL)
		daemon->app->drain(daemon->state);
	else
		daemon_drained(daemon);
}

static void note_reload(struct daemon *daemon, bool good)
{
	metric_set(daemon->metrics, "config_last_reload_successful", NULL,
		"Whether the last reading of the secrets was good.", good);
	if (good)
		metric_set(daemon->metrics, "config_last_reload_success_timestamp_seconds", NULL,
			"When the secrets were last read well.",
			clock_wall(clock_system()).us / 1000000);
}

static void on_hangup(evutil_socket_t signal_number, short what, void *owner)
{
	struct daemon *daemon = owner;
	bool changed = false;
	struct err err;
	int r = 0;

	(void)signal_number;
	(void)what;
	if (daemon->phase != DAEMON_RUNNING)
		return;
	if (daemon->app->settings != NULL)
		r = setting_reread_secrets(daemon->app->settings, daemon->settings, &changed, &err);
	note_reload(daemon, r == 0);
	if (r < 0) {
		log_error(daemon->log, "daemon.reload_failed", "keeping the old secrets",
			LOG_TEXT("error", err.text));
		return;
	}
	log_info(daemon->log, "daemon.reloaded", "secrets read again",
		LOG_TEXT("changed", changed ? "true" : "false"));
	if (daemon->app->reload != NULL)
		daemon->app->reload(daemon->state);
}

void daemon_print(void *owner, struct evbuffer *out)
{
	struct daemon *daemon = owner;
	int pq = PQlibVersion();

	if (daemon->app->measure != NULL && daemon->state != NULL)
		daemon->app->measure(daemon->state, daemon->metrics);
	evbuffer_add_printf(out,
		"# HELP hybridhub_build_info What runs here.\n# TYPE hybridhub_build_info gauge\n"
		"hybridhub_build_info{daemon=\"%s\",version=\"%s\",libpq=\"%d.%d\"} 1\n",
		daemon->app->name, HYBRIDHUB_VERSION, pq / 10000, pq % 10000);
	metrics_print(daemon->metrics, out);
	process_print(daemon->started, out);
}

static int listen_health(struct daemon *daemon, struct err *err)
{
	const struct health_hooks hooks = {
		.ready = app_ready, .print = daemon_print, .owner = daemon};
	int r;

	if (daemon->common.metrics_listen == NULL)
		return 0;

	r = health_new(daemon->base, daemon->common.metrics_listen, &hooks, &daemon->health, err);
	if (r < 0) {
		err_prefix(err, "METRICS_LISTEN");
		return r;
	}
	log_info(daemon->log, "health.listening", "serving /livez, /readyz and /metrics",
		LOG_TEXT("address", daemon->common.metrics_listen),
		LOG_INT("port", health_port(daemon->health)));
	return 0;
}

static struct event *signal_event(struct daemon *daemon, int number, event_callback_fn fn)
{
	struct event *event = evsignal_new(daemon->base, number, fn, daemon);

	must(event != NULL && event_add(event, NULL) == 0);
	return event;
}

static void events_new(struct daemon *daemon)
{
	struct timeval at_once = {0};
	struct timeval often = span_timeval(notify_watchdog());

	daemon->quit = signal_event(daemon, SIGTERM, on_quit);
	daemon->interrupt = signal_event(daemon, SIGINT, on_quit);
	daemon->hangup = signal_event(daemon, SIGHUP, on_hangup);
	daemon->deadline = evtimer_new(daemon->base, on_deadline, daemon);
	daemon->tick = evtimer_new(daemon->base, on_tick, daemon);
	daemon->watchdog = event_new(daemon->base, -1, EV_PERSIST, on_watchdog, daemon);
	must(daemon->deadline != NULL && daemon->tick != NULL && daemon->watchdog != NULL);
	event_add(daemon->tick, &at_once);
	if (evutil_timerisset(&often))
		event_add(daemon->watchdog, &often);
}

static void event_drop(struct event **event)
{
	if (*event != NULL)
		event_free(*event);
	*event = NULL;
}

static void events_free(struct daemon *daemon)
{
	event_drop(&daemon->quit);
	event_drop(&daemon->interrupt);
	event_drop(&daemon->hangup);
	event_drop(&daemon->tick);
	event_drop(&daemon->watchdog);
	event_drop(&daemon->deadline);
}

static int turn(struct daemon *daemon)
{
	const struct daemon_app *app = daemon->app;
	struct err err;
	int r;

	events_new(daemon);
	r = listen_health(daemon, &err);
	if (r == 0)
		r = app->start(daemon, daemon->settings, &daemon->state, &err);
	if (r < 0) {
		log_error(daemon->log, "daemon.start_failed", "cannot start",
			LOG_TEXT("error", err.text));
		return EX_CONFIG;
	}
	log_info(daemon->log, "daemon.started", app->purpose,
		LOG_TEXT("version", HYBRIDHUB_VERSION));
	/* A start that failed softly, by daemon_fail, has already told the loop to leave. */
	if (daemon->phase == DAEMON_STARTING)
		daemon->phase = DAEMON_RUNNING;
	event_base_dispatch(daemon->base);
	health_free(&daemon->health);
	app->stop(daemon->state);
	daemon->state = NULL;
	log_info(daemon->log, "daemon.stopped", "ended", LOG_INT("exit_code", daemon->exit_code));
	return daemon->exit_code;
}

/* Taken down in the reverse order of putting up. */
int daemon_live(struct daemon *daemon)
{
	const struct clock *clock = clock_system();

	daemon->log = log_new(daemon->app->name, (enum log_level)daemon->common.log_level,
		(enum log_format)daemon->common.log_format, STDERR_FILENO, clock);
	daemon->started = clock_wall(clock);
	daemon->metrics = metrics_new();
	daemon->base = event_base_new();
	must(daemon->base != NULL);

	int code = turn(daemon);

	events_free(daemon);
	health_free(&daemon->health);
	event_base_free(daemon->base);
	metrics_free(&daemon->metrics);
	log_free(&daemon->log);
	return code;
}
