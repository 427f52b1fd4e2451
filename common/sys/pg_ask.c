/* pg_ask.c - the queue: asks wait in order, one is in flight, each is answered once. See pg.h. */
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/pg_own.h"

enum {
	OWN_DEADLINE_SEC = 5, /* of LISTEN and ROLLBACK */
};

static void answer(struct pg *pg, struct pg_job *job, enum pg_outcome outcome, const char *error)
{
	size_t count = outcome == PG_DONE ? job->count : 0;
	const PGresult **results = alloc_array(job->count + 1, sizeof(const PGresult *));
	const struct pg_answer told = {.outcome = outcome,
		.sqlstate = job->sqlstate,
		.error = outcome == PG_DONE ? "" : error,
		.count = count,
		.results = results};

	for (size_t i = 0; i < job->count; i++)
		results[i] = job->calls[i].result;
	pg_enter(pg);
	if (job->fn != NULL)
		job->fn(job->owner, &told);
	pg_job_free(&job);
	alloc_free(&results);
	pg_leave(pg);
}

void pg_answer_lost(struct pg *pg, struct pg_job *job)
{
	/* An error that is not the session's own end came before: the transaction is gone for sure. */
	bool refused = job->failed && !job->fatal;

	answer(pg, job, refused ? PG_REFUSED : PG_UNKNOWN,
		job->error != NULL ? job->error : pg->why);
}

static void answer_unsent(struct pg *pg, struct pg_job *job, const char *error)
{
	STAILQ_REMOVE(&pg->queue, job, pg_job, next);
	answer(pg, job, PG_REFUSED, error);
}

void pg_answer_all(struct pg *pg)
{
	if (pg->flight != NULL)
		pg_answer_lost(pg, TAKE(pg->flight));
	while (!STAILQ_EMPTY(&pg->queue))
		answer_unsent(pg, STAILQ_FIRST(&pg->queue), "the session was closed");
}

static void on_deadline(evutil_socket_t fd, short what, void *owner)
{
	struct pg_job *job = owner;
	struct pg *pg = job->pg;

	(void)fd;
	(void)what;
	pg_enter(pg);
	if (job == pg->flight)
		pg_sever(pg, "no answer before the deadline");
	else
		answer_unsent(pg, job, "not sent before the deadline: no session, or a long queue");
	pg_leave(pg);
}

static void job_end_in(struct pg *pg, struct pg_job *job, struct span left)
{
	struct timeval after = span_timeval(left);

	job->ends = mono_add(clock_mono(pg->clock), left);
	must(event_add(job->deadline, &after) == 0);
}

static void job_time(struct pg *pg, struct pg_job *job, struct span deadline)
{
	must(deadline.us > 0);
	job->deadline = evtimer_new(pg->base, on_deadline, job);
	must(job->deadline != NULL);
	job->span = deadline;
	job_end_in(pg, job, deadline);
}

/* What stood in the queue for most of its time would cost the session when the server needs a moment for it. */
static void job_give_half(struct pg *pg, struct pg_job *job)
{
	const struct span half = {job->span.us / 2};

	if (mono_since(job->ends, clock_mono(pg->clock)).us < half.us)
		job_end_in(pg, job, half);
}

void pg_fly(struct pg *pg, struct pg_job *job)
{
	must(pg->flight == NULL);
	pg->flight = job;
	if (job->deadline == NULL)
		job_time(pg, job, span_sec(OWN_DEADLINE_SEC));
	else
		job_give_half(pg, job);
	if (pg_job_breaks(job, "pg.unsent"))
		pg_sever(pg, "broken before it was sent");
	else if (pg_job_send(pg, job) < 0)
		pg_sever(pg, PQerrorMessage(pg->conn));
	else
		pg_flush(pg);
	if (pg->conn != NULL && pg_job_breaks(job, "pg.sent"))
		pg_sever(pg, "broken before its answer");
}

/* 26000: somebody deallocated it; 0A000: a migration changed its columns. A new session prepares anew, and since
 * nothing has happened the ask may be sent there; once, because 0A000 may also be what the statement itself earns. */
static bool is_stale(const struct pg_job *job)
{
	return !job->again &&
	       (strcmp(job->sqlstate, "26000") == 0 || strcmp(job->sqlstate, "0A000") == 0);
}

static void land_ask(struct pg *pg, struct pg_job *job)
{
	if (is_stale(job)) {
		pg_job_unsend(job);
		job->again = true;
		STAILQ_INSERT_HEAD(&pg->queue, job, next);
		pg_sever(pg, "a prepared statement does not fit any more");
		return;
	}
	pg->rollback_due = PQtransactionStatus(pg->conn) != PQTRANS_IDLE;
	answer(pg, job, job->failed ? PG_REFUSED : PG_DONE, job->error);
}

static void land(struct pg *pg)
{
	struct pg_job *job = pg->flight;

	if (job->kind != PG_JOB_ASK && job->failed) {
		pg_sever(pg, job->error);
		return;
	}
	pg->flight = NULL;
	switch (job->kind) {
	case PG_JOB_ASK:
		land_ask(pg, job);
		break;
	case PG_JOB_SUBSCRIBE:
		pg_job_free(&job);
		pg_rose(pg);
		break;
	case PG_JOB_ROLLBACK:
		pg_job_free(&job);
		break;
	}
}

static void take_answers(struct pg *pg)
{
	if (pg->flight == NULL)
		return;
	switch (pg_job_take(pg, pg->flight)) {
	case PG_TAKEN_SOME:
		break;
	case PG_TAKEN_ALL:
		land(pg);
		break;
	case PG_TAKEN_LOST:
		pg_sever(pg, pg->flight->error != NULL ? pg->flight->error
						       : "libpq and we are out of step");
		break;
	}
}

static void send_next(struct pg *pg)
{
	if (pg->conn == NULL || pg->state != PG_UP || pg->flight != NULL)
		return;
	if (pg->rollback_due) {
		pg->rollback_due = false;
		pg_fly(pg, pg_job_new(pg, PG_JOB_ROLLBACK));
		return;
	}
	if (STAILQ_EMPTY(&pg->queue))
		return;
	struct pg_job *job = STAILQ_FIRST(&pg->queue);
	STAILQ_REMOVE_HEAD(&pg->queue, next);
	pg_fly(pg, job);
}

/* Several may come in one read, also along with results; what is not taken now waits for the next byte. */
static void take_notices(struct pg *pg)
{
	PGnotify *notice;

	while (pg->conn != NULL && (notice = PQnotifies(pg->conn)) != NULL) {
		if (pg->state == PG_UP && pg->hooks.notified != NULL)
			pg->hooks.notified(pg->hooks.owner, notice->relname, notice->extra);
		PQfreemem(notice);
	}
}

void pg_work(struct pg *pg)
{
	if (pg->conn != NULL)
		take_answers(pg);
	if (pg->conn != NULL)
		take_notices(pg);
	send_next(pg);
}

static void enqueue(struct pg *pg, struct pg_job *job, struct span deadline)
{
	must(!pg->freed);
	job_time(pg, job, deadline);
	STAILQ_INSERT_TAIL(&pg->queue, job, next);
	pg_look(pg);
}

void pg_ask(struct pg *pg, const struct pg_stmt *stmt, const char *const params[],
	struct span deadline, pg_answer_fn *fn, void *owner)
{
	struct pg_job *job = pg_job_new(pg, PG_JOB_ASK);

	job->fn = fn;
	job->owner = owner;
	job->count = 1;
	job->calls = alloc_array(1, sizeof(*job->calls));
	pg_job_add_call(job, 0, stmt, params);
	enqueue(pg, job, deadline);
}

void pg_ask_together(struct pg *pg, const char *uid, const struct pg_call calls[], size_t count,
	struct span deadline, pg_answer_fn *fn, void *owner)
{
	struct pg_job *job = pg_job_new(pg, PG_JOB_ASK);

	must(count > 0);
	job->fn = fn;
	job->owner = owner;
	job->together = true;
	job->uid = alloc_text(uid);
	job->count = count;
	job->calls = alloc_array(count, sizeof(*job->calls));
	for (size_t i = 0; i < count; i++)
		pg_job_add_call(job, i, calls[i].stmt, calls[i].params);
	enqueue(pg, job, deadline);
}

void pg_forget(struct pg *pg, const void *owner)
{
	struct pg_job *job = STAILQ_FIRST(&pg->queue);

	while (job != NULL) {
		struct pg_job *following = STAILQ_NEXT(job, next);

		if (job->owner == owner) {
			STAILQ_REMOVE(&pg->queue, job, pg_job, next);
			pg_job_free(&job);
		}
		job = following;
	}
	if (pg->flight != NULL && pg->flight->owner == owner)
		pg->flight->fn = NULL;
}

size_t pg_queued(const struct pg *pg)
{
	const struct pg_job *job;
	size_t count = pg->flight != NULL && pg->flight->kind == PG_JOB_ASK ? 1 : 0;

	STAILQ_FOREACH(job, &pg->queue, next)
	{
		count++;
	}
	return count;
}
