/*
 * daemon.h - a daemon is a table and callbacks; its life is written once, in daemon.c.
 *
 *   flags (--help --version --check-config --dump-config) -> TZ -> settings -> loop -> start() -> READY=1 as soon as
 *   ready() says so, WATCHDOG=1 from the loop -> SIGTERM, SIGINT: STOPPING=1, drain(), stop(); a second one ends at
 *   once; SIGHUP: secrets are read again, reload().
 * An ordered end is exit 0, also after the 45 s that a drain may take or a second signal: the log says what it was.
 * Before the settings: TZ is New York, and variables that would redirect libcurl or libpq (proxies, SSLKEYLOGFILE,
 * PGOPTIONS ..) are unset.
 * Exit codes are sysexits: 0 drained, 64 usage, 69 schema too old or new, 70 internal, 78 a value that cannot be used.
 * A missing database never ends a daemon: it is not ready and tries again.
 * METRICS_LISTEN serves /livez (the loop turns), /readyz (503 names what is missing) and /metrics.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <event2/event.h>

#include "common/sys/clock.h"
#include "common/sys/err.h"
#include "common/sys/log.h"
#include "common/sys/metric.h"
#include "common/sys/setting.h"

struct daemon;

/* Settings that every daemon has; read before the app's own. */
struct daemon_settings {
	char *database_url;   /* DATABASE_URL, required, masked password in dumps */
	bool trading_enabled; /* TRADING_ENABLED */
	char *metrics_listen; /* METRICS_LISTEN, off */
	int log_level;	      /* LOG_LEVEL, enum log_level */
	int log_format;	      /* LOG_FORMAT, enum log_format */
};

struct daemon_app {
	const char *name;    /* evald */
	const char *purpose; /* one sentence for --help */
	/* More ways to call it, for --help: lines that begin under `usage:`, then what they mean. May be NULL. */
	void (*usage)(FILE *out);
	const struct setting *settings;
	size_t settings_size;
	/* Cross-field rules; 0 or -EINVAL with a sentence. Also run by --check-config. May be NULL. */
	int (*check)(const void *settings, const struct daemon_settings *common, struct err *err);
	/* Builds the state; nothing may block. -EINVAL: exit 78. settings live as long as the daemon. */
	int (*start)(
		struct daemon *daemon, const void *settings, void **state_out, struct err *err);
	/* false: writes what is missing, e.g. "database: connection refused". true: may write a remark, e.g.
	 * "stands by", which /readyz repeats. missing comes as "". */
	bool (*ready)(void *state, char *missing, size_t size);
	void (*reload)(void *state); /* after SIGHUP re-read the secrets; may be NULL */
	/* Take no new work; call daemon_drained() when what is under way is done (also at once, from inside). */
	void (*drain)(void *state);
	void (*stop)(void *state); /* frees */
	/* Refreshes gauges before /metrics is printed; may be NULL. */
	void (*measure)(void *state, struct metrics *metrics);
};

int daemon_run(const struct daemon_app *app, int argc, char **argv);

struct event_base *daemon_base(struct daemon *daemon);
struct log *daemon_log(struct daemon *daemon);
const struct clock *daemon_clock(struct daemon *daemon);
struct metrics *daemon_metrics(struct daemon *daemon);
const struct daemon_settings *daemon_common(const struct daemon *daemon);
void daemon_drained(struct daemon *daemon);
/* Ends the daemon with this exit code after stop(): 69 when the schema does not fit. */
void daemon_fail(struct daemon *daemon, int exit_code);
