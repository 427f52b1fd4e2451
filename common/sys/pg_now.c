/* pg_now.c - the one call that blocks. See pg_commit_now in pg.h. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/pg_own.h"
#include "common/sys/sqlstate.h"

/* Waits until the socket can be read (or written, while something is unsent). 0, or why not. */
static const char *wait_socket(struct pg *pg, struct mono end)
{
	int unsent = PQflush(pg->conn);
	struct pollfd socket = {.fd = PQsocket(pg->conn), .events = POLLIN};

	if (unsent < 0)
		return PQerrorMessage(pg->conn);
	if (unsent > 0)
		socket.events |= POLLOUT;

	struct span left = mono_since(end, clock_mono(pg->clock));
	if (left.us <= 0)
		return "no answer within the budget";
	int r = poll(&socket, 1, (int)((left.us + 999) / 1000));
	if (r < 0 && errno != EINTR)
		return strerror(errno);
	if (r > 0 && PQconsumeInput(pg->conn) == 0)
		return PQerrorMessage(pg->conn);
	return NULL;
}

struct meanwhile {
	void (*fn)(void *owner);
	void *owner;
};

static const char *run(
	struct pg *pg, struct pg_job *job, struct mono end, const struct meanwhile *meanwhile)
{
	const char *trouble = NULL;

	if (pg_job_send(pg, job) < 0)
		return PQerrorMessage(pg->conn);
	if (pg_job_breaks(job, "pg.sent"))
		return "broken before its answer";
	if (meanwhile->fn != NULL) {
		struct mono before = clock_mono(pg->clock);

		meanwhile->fn(meanwhile->owner);
		end = mono_add(end, mono_since(clock_mono(pg->clock), before));
	}
	while (trouble == NULL) {
		switch (pg_job_take(pg, job)) {
		case PG_TAKEN_SOME:
			trouble = wait_socket(pg, end);
			break;
		case PG_TAKEN_ALL:
			if (job->failed)
				return job->error;
			if (pg->warned)
				return "a WARNING came with it: the commit may not be durable";
			if (PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
				return "the transaction is still open";
			return NULL;
		case PG_TAKEN_LOST:
			return job->error != NULL ? job->error : "libpq and we are out of step";
		}
	}
	return trouble;
}

/* The server rolls back and could not do it only now: a lock that was not to be had, most often. The session is as good
 * as before. */
static bool is_passing(struct pg *pg, const struct pg_job *job)
{
	return pg->conn != NULL && job->failed && !job->fatal && !pg->warned &&
	       PQtransactionStatus(pg->conn) == PQTRANS_INERROR && sqlstate_passes(job->sqlstate);
}

static char *first_text(const PGresult *result)
{
	if (result == NULL || PQntuples(result) == 0 || PQnfields(result) == 0 ||
		PQgetisnull(result, 0, 0))
		return NULL;
	return alloc_text(PQgetvalue(result, 0, 0));
}

enum pg_now_outcome pg_commit_now(struct pg *pg, const struct pg_stmt *stmt,
	const char *const params[], struct span budget, void (*meanwhile)(void *owner), void *owner,
	char **text_out)
{
	struct mono end = mono_add(clock_mono(pg->clock), budget);
	const char *trouble;

	*text_out = NULL;
	if (!pg_ready(pg))
		return PG_NOW_FAILED;
	if (pg->flight != NULL || pg->rollback_due || !STAILQ_EMPTY(&pg->queue)) {
		pg_drop(pg, "asked to commit now while busy");
		return PG_NOW_FAILED;
	}

	struct pg_job *job = pg_job_new(pg, PG_JOB_ASK);
	job->together = true;
	job->count = 1;
	job->calls = alloc_array(1, sizeof(*job->calls));
	pg_job_add_call(job, 0, stmt, params);

	pg->warned = false;
	trouble = run(pg, job, end, &(struct meanwhile){meanwhile, owner});
	if (trouble == NULL) {
		*text_out = first_text(job->calls[0].result);
		pg_look(pg); /* notifications that were read along */
	} else if (is_passing(pg, job)) {
		log_debug(pg->log, "db.not_now", "nothing is committed; the session stays",
			LOG_TEXT("session", pg->name), LOG_TEXT("error", trouble));
		pg->rollback_due = true;
		pg_look(pg);
	} else {
		pg_sever(pg, trouble);
	}
	pg_job_free(&job);
	return trouble == NULL ? PG_NOW_COMMITTED : PG_NOW_FAILED;
}
