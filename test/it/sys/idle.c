/* idle.c - the smallest daemon there can be: for the tests of daemon.c's life. Not a daemon of the project. */
#include <stddef.h>
#include <stdio.h>

#include "common/sys/alloc.h"
#include "common/sys/daemon.h"
#include "common/sys/pg.h"

struct idle_settings {
	char *key;
	int64_t drain_ms; /* how long a drain takes; -1 = for ever */
};

struct idle {
	struct daemon *daemon;
	const struct idle_settings *settings;
	struct pg *pg;
	struct event *drained;
};

/* clang-format off */
static const struct setting rows[] = {
	{.name = "IDLE_KEY", .kind = SETTING_TEXT, .offset = offsetof(struct idle_settings, key),
	 .flags = SETTING_SECRET, .help = "A secret."},
	{.name = "IDLE_DRAIN_MS", .kind = SETTING_INT, .offset = offsetof(struct idle_settings, drain_ms),
	 .fallback = "0", .min = -1, .max = 60000, .help = "How long a drain takes."},
	{.name = NULL},
};

/* clang-format on */

static void on_drained(evutil_socket_t fd, short what, void *owner)
{
	struct idle *idle = owner;

	(void)fd;
	(void)what;
	daemon_drained(idle->daemon);
}

static int start(struct daemon *daemon, const void *settings, void **state_out, struct err *err)
{
	struct idle *idle = alloc_zero(sizeof(*idle));
	const struct pg_options options = {.base = daemon_base(daemon),
		.log = daemon_log(daemon),
		.metrics = daemon_metrics(daemon),
		.clock = daemon_clock(daemon),
		.conninfo = daemon_common(daemon)->database_url,
		.name = "hybridhub-idle"};

	(void)err;
	idle->daemon = daemon;
	idle->settings = settings;
	idle->drained = evtimer_new(options.base, on_drained, idle);
	idle->pg = pg_new(&options);
	pg_start(idle->pg);
	*state_out = idle;
	return 0;
}

static bool ready(void *state, char *missing, size_t size)
{
	struct idle *idle = state;

	if (pg_ready(idle->pg))
		return true;
	snprintf(missing, size, "database: %s", pg_trouble(idle->pg));
	return false;
}

static void reload(void *state)
{
	struct idle *idle = state;

	log_info(daemon_log(idle->daemon), "idle.reloaded", "the key has a new length",
		LOG_TEXT("given", idle->settings->key != NULL ? "true" : "false"));
}

static void drain(void *state)
{
	struct idle *idle = state;
	int64_t ms = idle->settings->drain_ms;
	struct timeval after = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

	if (ms == 0)
		daemon_drained(idle->daemon);
	else if (ms > 0)
		event_add(idle->drained, &after);
}

static void stop(void *state)
{
	struct idle *idle = state;

	pg_free(&idle->pg);
	event_free(idle->drained);
	alloc_free(&idle);
}

int main(int argc, char **argv)
{
	static const struct daemon_app app = {
		.name = "idle",
		.purpose = "stays up and does nothing",
		.settings = rows,
		.settings_size = sizeof(struct idle_settings),
		.start = start,
		.ready = ready,
		.reload = reload,
		.drain = drain,
		.stop = stop,
	};

	return daemon_run(&app, argc, argv);
}
