/* daemon_own.h - what the files of daemon*.c share; nobody else includes it. */
#pragma once

#include <stdbool.h>

#include <event2/event.h>

#include "common/sys/daemon.h"
#include "common/sys/health.h"

enum daemon_phase {
	DAEMON_STARTING, /* before the loop */
	DAEMON_RUNNING,
	DAEMON_DRAINING, /* after the first SIGTERM or SIGINT */
	DAEMON_ENDED,	 /* the loop has been told to leave */
};

struct daemon {
	const struct daemon_app *app;
	struct daemon_settings common;
	void *settings; /* the app's, settings_size bytes */
	void *state;	/* the app's, between start() and stop() */

	struct log *log;
	struct event_base *base;
	struct metrics *metrics;
	struct health *health; /* NULL without METRICS_LISTEN */
	struct wall started;

	enum daemon_phase phase;
	bool ready;   /* as last seen by the tick */
	bool noticed; /* READY=1 has been sent */
	int exit_code;

	struct event *quit, *interrupt, *hangup; /* signals */
	struct event *tick;			 /* asks ready() */
	struct event *watchdog;			 /* WATCHDOG=1 from the loop */
	struct event *deadline;			 /* of the drain */
};

/* daemon.c: the settings that every daemon has, as a table. */
extern const struct setting daemon_rows[];

/* daemon_flag.c */
enum daemon_verb {
	DAEMON_RUN,
	DAEMON_HELP,
	DAEMON_VERSION,
	DAEMON_CHECK,
	DAEMON_DUMP,
	DAEMON_FAILPOINTS, /* in a build that has them */
};

/* 0, or -EINVAL after having said on stderr what is wrong. */
int daemon_flags(const char *name, int argc, char **argv, enum daemon_verb *verb_out) MUST_CHECK;
void daemon_help(const struct daemon_app *app);
void daemon_version(const struct daemon_app *app);
void daemon_dump(const struct daemon *daemon);

/* daemon_life.c: builds all, turns the loop, takes all down; the exit code. */
int daemon_live(struct daemon *daemon);
/* The text of /metrics. */
void daemon_print(void *owner, struct evbuffer *out);
