/*
 * pg.h - one asynchronous Postgres session on the loop.
 *
 * Life: connect -> session settings -> LISTEN all channels -> prepare nothing yet -> up() -> asks. After a loss:
 * down(why) once, reconnect with back-off (100 ms .. 4 s), subscribe again, up() again: the owner then reads its
 * tables again, because everything rung meanwhile is gone.
 * Answers come from the loop, never from inside pg_ask. Asks are answered in order (those that
 * are given up unsent, at their deadline, before their turn). A callback may free the session or ask again.
 * Every connect sets: TimeZone UTC, DateStyle ISO, statement_timeout 5 s, lock_timeout 2 s,
 * idle_in_transaction_session_timeout 10 s, client_min_messages notice, jit off, standard timeouts and keepalives of the
 * conninfo (connect_timeout 3, tcp_user_timeout 10000, keepalives 10/3/3, gssencmode disable,
 * target_session_attrs read-write), each only where DATABASE_URL does not say otherwise.
 * pg.c itself logs db.up and db.down, one line a change of state, and the server's WARNINGs; other notices at debug.
 * No name resolution happens on the loop but libpq's own.
 */
#pragma once

#include <stdbool.h>

#include <event2/event.h>
#include <libpq-fe.h>

#include "common/sys/clock.h"
#include "common/sys/log.h"
#include "common/sys/metric.h"

struct pg;

enum pg_outcome {
	PG_DONE,    /* committed, results are there */
	PG_REFUSED, /* the server said no and nothing happened, or nothing was sent */
	PG_UNKNOWN, /* sent and no answer: deadline, lost session, FATAL, SQLSTATE 57P0x or class 08 */
};

/* A statement in one line; longer ones are SQL functions. Prepared by name at first use in each session. After a
 * migration that made its plan stale the session is renewed and the ask sent once more: its owner sees a loss, then the
 * answer. */
struct pg_stmt {
	const char *name;
	int nparams;
	const char *sql;
};

struct pg_call {
	const struct pg_stmt *stmt;
	const char *const *params; /* nparams texts, NULL = SQL NULL; copied by the ask */
};

struct pg_answer {
	enum pg_outcome outcome;
	const char *sqlstate;		/* "" when there is none */
	const char *error;		/* one line, "" when done */
	size_t count;			/* results, one a call; 0 unless PG_DONE */
	const PGresult *const *results; /* borrowed until the callback returns */
};

typedef void pg_answer_fn(void *owner, const struct pg_answer *answer);

struct pg_hooks {
	void (*up)(void *owner);
	void (*down)(void *owner, const char *why);
	void (*notified)(void *owner, const char *channel, const char *payload);
	void *owner;
};

struct pg_options {
	struct event_base *base;
	struct log *log;
	const struct clock *clock;
	struct metrics *metrics;     /* db_up, db_reconnects_total by session name; may be NULL */
	const char *conninfo;	     /* DATABASE_URL; copied */
	const char *name;	     /* application_name, e.g. hybridhub-evald */
	const char *const *channels; /* NULL-terminated, may be NULL; borrowed for ever */
	struct pg_hooks hooks;	     /* any of the three may be NULL */
};

/* Whether libpq can read this string; nothing is said about why not, since its words may quote the password. */
bool pg_conninfo_fits(const char *conninfo);

struct pg *pg_new(const struct pg_options *options);
void pg_start(struct pg *pg);
/* Answers what is queued or in flight (PG_REFUSED, PG_UNKNOWN) from inside, then closes; those callbacks must not ask
 * again. NULL is fine. */
void pg_free(struct pg **pg);
bool pg_ready(const struct pg *pg); /* connected and subscribed */
/* Why it is not ready: one line, borrowed; NULL when it is. */
const char *pg_trouble(const struct pg *pg);
size_t pg_queued(const struct pg *pg); /* asks not answered yet */

/* One autocommitted statement. Queued while the session is down; past the deadline it is answered PG_REFUSED if it
 * was never sent, else PG_UNKNOWN and the session is dropped. What is sent has at least half of its deadline from then
 * on, however long it stood in the queue. fn may be NULL. */
void pg_ask(struct pg *pg, const struct pg_stmt *stmt, const char *const params[],
	struct span deadline, pg_answer_fn *fn, void *owner);

/* Several statements in one transaction, begin and commit included, sent in one pipeline. With uid not NULL the
 * transaction begins with set_config('hybridhub.uid', uid, true). One result a call. */
void pg_ask_together(struct pg *pg, const char *uid, const struct pg_call calls[], size_t count,
	struct span deadline, pg_answer_fn *fn, void *owner);

/* Forgets the owner's asks: their callbacks will not run (what was sent still happens). */
void pg_forget(struct pg *pg, const void *owner);

/* Drops the connection and connects again, as after a loss. */
void pg_drop(struct pg *pg, const char *why);

enum pg_now_outcome {
	PG_NOW_COMMITTED,
	PG_NOW_FAILED, /* anything but a clean COMMIT: assume nothing. The session has been dropped, unless the server
			  refused only for the moment (lock_timeout) and rolled back */
};

/*
 * The one call that blocks (poll(2), at most budget): BEGIN, the statement, COMMIT on an idle session that is used
 * for nothing else. tradectl's last fence runs here, inside CURLOPT_PREREQFUNCTION. COMMITTED only when every
 * result is clean, the last tag is COMMIT and no WARNING came with it (a synchronous standby that gave up says so by
 * a WARNING only). *text_out: the first column of the first row, owned by the caller (alloc_free), NULL when none.
 * meanwhile (NULL = none) is called once, when all has left and the server works on it: what it takes is not taken from
 * the budget. It must not touch this session, and what it did stands also when the commit fails.
 */
enum pg_now_outcome pg_commit_now(struct pg *pg, const struct pg_stmt *stmt,
	const char *const params[], struct span budget, void (*meanwhile)(void *owner), void *owner,
	char **text_out);
