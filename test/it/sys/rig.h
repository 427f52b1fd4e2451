/* rig.h - what the session tests share: a loop that turns until something holds, a log that can be read back, a
 * second plain session for the other side, and the cluster's script. */
#pragma once

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>
#include <libpq-fe.h>

#include "common/sys/alloc.h"
#include "common/sys/clock.h"
#include "common/sys/log.h"
#include "common/sys/must.h"
#include "common/sys/pg.h"
#include "test/unit/unit.h"

struct rig {
	struct event_base *base;
	struct log *log;
	int log_fd;
	PGconn *other; /* blocking: the world beside the session under test */
};

static inline const char *rig_env(const char *name)
{
	const char *value = getenv(name);

	must(value != NULL);
	return value;
}

static inline void rig_quiet(void *owner, const PGresult *notice)
{
	(void)owner;
	(void)notice;
}

static inline PGconn *rig_connect(void)
{
	PGconn *other = PQconnectdb(rig_env("DATABASE_URL"));

	must(PQstatus(other) == CONNECTION_OK);
	PQsetNoticeReceiver(other, rig_quiet, NULL);
	return other;
}

static inline struct rig rig_new(void)
{
	struct rig rig = {.base = event_base_new(), .log_fd = memfd_create("log", MFD_CLOEXEC)};

	must(rig.base != NULL && rig.log_fd >= 0);
	rig.log = log_new("test", LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT, rig.log_fd, clock_system());
	rig.other = rig_connect();
	return rig;
}

static inline void rig_free(struct rig *rig)
{
	PQfinish(rig->other);
	log_free(&rig->log);
	close(rig->log_fd);
	event_base_free(rig->base);
}

/* How many lines of the log have this text. */
static inline int rig_logged(const struct rig *rig, const char *text)
{
	static char bytes[1 << 20];
	ssize_t length = pread(rig->log_fd, bytes, sizeof(bytes) - 1, 0);
	int count = 0;

	must(length >= 0);
	bytes[length] = '\0';
	for (const char *at = bytes; (at = strstr(at, text)) != NULL; at++)
		count++;
	return count;
}

static inline int64_t rig_ms(void)
{
	return clock_mono(clock_system()).us / 1000;
}

static inline void rig_on_time(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	*(bool *)owner = true;
}

/* Turns the loop until *number is at least `least`, or ms have passed; true when it is. */
static inline bool rig_turn(struct rig *rig, const int *number, int least, int ms)
{
	struct timeval most = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	bool over = false;
	struct event *timer = evtimer_new(rig->base, rig_on_time, &over);

	event_add(timer, &most);
	while (*number < least && !over)
		event_base_loop(rig->base, EVLOOP_ONCE);
	event_free(timer);
	return *number >= least;
}

static inline void rig_rest(struct rig *rig, int ms)
{
	const int never = 0;

	(void)rig_turn(rig, &never, 1, ms);
}

/* The first value of a statement on the other session, in a buffer that the next call overwrites. */
static inline const char *rig_sql(struct rig *rig, const char *sql)
{
	static char value[256];
	PGresult *result = PQexec(rig->other, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(rig->other));
	snprintf(value, sizeof(value), "%s",
		status == PGRES_TUPLES_OK && PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	return value;
}

static inline void rig_other_again(struct rig *rig)
{
	PQfinish(rig->other);
	rig->other = rig_connect();
}

/* test/lib/pg-cluster ACTION on the cluster of this run. */
static inline void rig_cluster(const char *action)
{
	pid_t pid = fork();
	int status = 1;

	must(pid >= 0);
	if (pid == 0) {
		execl("test/lib/pg-cluster", "pg-cluster", action, rig_env("PG_CLUSTER"),
			(char *)NULL);
		_exit(127);
	}
	must(waitpid(pid, &status, 0) == pid);
	want_i64(action, status, 0);
}

/* A session under test and what it told. */
struct seat {
	struct rig *rig;
	struct pg *pg;
	int ups, downs, rings, answers;
	char last_ring[64], last_why[256];
	enum pg_outcome outcome; /* of the last answer */
	char sqlstate[8], error[256], value[256];
	const char *
		free_in; /* "up", "down", "ring" or "answer": frees the session from inside that callback */
	char order[256]; /* the values of all answers, joined by blanks */
};

static inline void seat_maybe_free(struct seat *seat, const char *where)
{
	if (seat->free_in != NULL && strcmp(seat->free_in, where) == 0)
		pg_free(&seat->pg);
}

static inline void seat_up(void *owner)
{
	struct seat *seat = owner;

	seat->ups++;
	seat_maybe_free(seat, "up");
}

static inline void seat_down(void *owner, const char *why)
{
	struct seat *seat = owner;

	seat->downs++;
	snprintf(seat->last_why, sizeof(seat->last_why), "%s", why);
	seat_maybe_free(seat, "down");
}

static inline void seat_notified(void *owner, const char *channel, const char *payload)
{
	struct seat *seat = owner;

	seat->rings++;
	snprintf(seat->last_ring, sizeof(seat->last_ring), "%s:%s", channel, payload);
	seat_maybe_free(seat, "ring");
}

/* The value is the first column of the last result. */
static inline void seat_answered(void *owner, const struct pg_answer *answer)
{
	struct seat *seat = owner;
	size_t used = strlen(seat->order);

	seat->answers++;
	seat->outcome = answer->outcome;
	snprintf(seat->sqlstate, sizeof(seat->sqlstate), "%s", answer->sqlstate);
	snprintf(seat->error, sizeof(seat->error), "%s", answer->error);
	seat->value[0] = '\0';
	if (answer->count > 0 && PQntuples(answer->results[answer->count - 1]) > 0)
		snprintf(seat->value, sizeof(seat->value), "%s",
			PQgetvalue(answer->results[answer->count - 1], 0, 0));
	snprintf(seat->order + used, sizeof(seat->order) - used, "%s ", seat->value);
	seat_maybe_free(seat, "answer");
}

static inline void seat_open(struct seat *seat, struct rig *rig, const char *conninfo)
{
	static const char *const channels[] = {"bell", "other_bell", NULL};
	const struct pg_options options = {
		.base = rig->base,
		.log = rig->log,
		.clock = clock_system(),
		.conninfo = conninfo,
		.name = "hybridhub-test",
		.channels = channels,
		.hooks = {.up = seat_up,
			.down = seat_down,
			.notified = seat_notified,
			.owner = seat},
	};

	*seat = (struct seat){.rig = rig};
	seat->pg = pg_new(&options);
	pg_start(seat->pg);
}

static inline void seat_open_up(struct seat *seat, struct rig *rig)
{
	seat_open(seat, rig, rig_env("DATABASE_URL"));
	want_true("connect", rig_turn(rig, &seat->ups, 1, 5000));
}

/* Asks and waits for that answer. */
static inline enum pg_outcome seat_ask(
	struct seat *seat, const struct pg_stmt *stmt, const char *const params[])
{
	int before = seat->answers;

	pg_ask(seat->pg, stmt, params, span_sec(5), seat_answered, seat);
	want_i64(stmt->name, seat->answers, before); /* never from inside */
	want_true(stmt->name, rig_turn(seat->rig, &seat->answers, before + 1, 8000));
	return seat->outcome;
}
