/* pg_own.h - what the files of pg*.c share; nobody else includes it. */
#pragma once

#include <stdbool.h>
#include <sys/queue.h>

#include <event2/event.h>
#include <libpq-fe.h>

#include "common/sys/backoff.h"
#include "common/sys/pg.h"
#include "common/sys/pg_params.h"

enum pg_state {
	PG_STOPPED,
	PG_WAITING, /* for the next try */
	PG_CONNECTING,
	PG_SUBSCRIBING, /* LISTEN is under way */
	PG_UP,
	PG_SEVERED, /* the connection is closed, its owner does not know yet: the next kick tells */
};

enum pg_job_kind {
	PG_JOB_ASK,
	PG_JOB_SUBSCRIBE,
	PG_JOB_ROLLBACK,
};

enum pg_step_kind {
	PG_STEP_TEXT, /* a statement of our own: BEGIN, COMMIT, LISTEN .. */
	PG_STEP_PREPARE,
	PG_STEP_CALL,
};

/* One message pair of the pipeline. */
struct pg_step {
	enum pg_step_kind kind;
	char *text;	   /* PG_STEP_TEXT */
	const char *param; /* its one parameter, or NULL; points into the job */
	bool commits;	   /* its tag must be COMMIT */
	size_t call;	   /* the others: index into calls */
};

struct pg_job_call {
	const struct pg_stmt *stmt;
	char **params; /* nparams, owned */
	PGresult *result;
};

/* One ask, or one errand of our own: what is sent between two Syncs. */
struct pg_job {
	STAILQ_ENTRY(pg_job) next;
	struct pg *pg;
	enum pg_job_kind kind;
	bool together;
	char *uid;
	struct pg_job_call *calls;
	size_t count;
	struct event *deadline;
	struct span span; /* of the deadline, as asked for */
	struct mono ends;
	pg_answer_fn *fn;
	void *owner;

	struct pg_step *
		steps; /* made when it is sent: what is prepared already differs from session to session */
	size_t step_count;
	size_t step; /* whose answer comes next */

	bool again;  /* it has been sent before, in a session whose plans were stale */
	bool failed; /* the server refused a step */
	bool fatal;  /* and the session with it */
	char sqlstate[6];
	char *error;
};

STAILQ_HEAD(pg_job_list, pg_job);

struct pg {
	struct event_base *base;
	struct log *log;
	const struct clock *clock;
	struct metrics *metrics;
	char *name;
	char *label; /* of its metrics */
	const char *const *channels;
	struct pg_hooks hooks;
	struct pg_params *params;

	enum pg_state state;
	PGconn *conn;
	struct event *reader, *writer; /* of conn's socket */
	struct event *timer;	       /* connect timeout, or the wait before the next try */
	struct event *kick;	       /* "look again", from the loop */
	struct backoff backoff;
	struct mono up_at;

	char *why;	/* the last loss, one line */
	char *farewell; /* a FATAL that came without being asked for */
	bool told_up;	/* up() ran and down() not yet */

	enum {
		PG_SAID_NOTHING,
		PG_SAID_UP,
		PG_SAID_DOWN,
	} said; /* in the log: one line a change */

	struct pg_job_list queue;
	struct pg_job *flight; /* at most one is in flight */
	bool rollback_due;     /* the last transaction failed and is still open */
	bool warned;	       /* a WARNING has come; cleared by who looks at it */
	const struct pg_stmt **prepared;
	size_t prepared_count;

	int entered; /* callbacks of ours on the stack */
	bool freed;
};

enum pg_taken {
	PG_TAKEN_SOME, /* more is to come */
	PG_TAKEN_ALL,  /* the Sync has come */
	PG_TAKEN_LOST, /* FATAL, or out of step: the session is of no use */
};

/* pg.c */
void pg_enter(struct pg *pg);
void pg_leave(struct pg *pg);
void pg_look(struct pg *pg); /* on_kick soon, from the loop */
/* Closes the connection now and tells later, from the loop. */
void pg_sever(struct pg *pg, const char *why);
void pg_flush(struct pg *pg);
void pg_rose(struct pg *pg); /* subscribed: up() */
/* One line, no newline at the end; caller frees. */
char *pg_line(const char *text);

/* pg_job.c */
struct pg_job *pg_job_new(struct pg *pg, enum pg_job_kind kind);
void pg_job_free(struct pg_job **job);
void pg_job_add_call(
	struct pg_job *job, size_t at, const struct pg_stmt *stmt, const char *const params[]);
/* Writes the job into the pipeline, Sync included. 0, or -EIO: the session is of no use. */
int pg_job_send(struct pg *pg, struct pg_job *job) MUST_CHECK;
/* As it was before it was sent. */
void pg_job_unsend(struct pg_job *job);
/* Takes what has arrived of the job's answers. */
enum pg_taken pg_job_take(struct pg *pg, struct pg_job *job);

/* Whether a failpoint says that this job breaks here; events: pg.unsent, pg.sent (all of it, nothing read yet). */
#ifdef HYBRIDHUB_FAILPOINTS
bool pg_job_breaks(const struct pg_job *job, const char *event);
#else
#define pg_job_breaks(job, event) false
#endif

/* pg_ask.c */
void pg_fly(struct pg *pg, struct pg_job *job); /* makes it the one in flight and sends it */
void pg_work(struct pg *pg);			/* takes answers, answers, sends the next */
void pg_answer_lost(struct pg *pg, struct pg_job *job); /* in flight when the session went; frees */
void pg_answer_all(struct pg *pg);			/* the end of pg: flight and queue */
