/*
 * pg_job.c - one job as messages: the steps between two Syncs, and their results.
 *
 * Each job is one pipeline. A statement that this session does not know yet is prepared in the same go; it counts as
 * prepared only when its answer says so, since the first error makes the server skip all the rest.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "common/sys/must.h"
#include "common/sys/pg_own.h"

static const char set_uid[] = "select set_config('hybridhub.uid', $1, true)";

struct pg_job *pg_job_new(struct pg *pg, enum pg_job_kind kind)
{
	struct pg_job *job = alloc_zero(sizeof(*job));

	job->pg = pg;
	job->kind = kind;
	return job;
}

static void call_free(struct pg_job_call *call)
{
	for (int i = 0; call->params != NULL && i < call->stmt->nparams; i++)
		alloc_free(&call->params[i]);
	alloc_free(&call->params);
}

void pg_job_unsend(struct pg_job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		PQclear(job->calls[i].result);
		job->calls[i].result = NULL;
	}
	for (size_t i = 0; i < job->step_count; i++)
		alloc_free(&job->steps[i].text);
	alloc_free(&job->steps);
	alloc_free(&job->error);
	job->step_count = 0;
	job->step = 0;
	job->failed = false;
	job->fatal = false;
	job->sqlstate[0] = '\0';
}

void pg_job_free(struct pg_job **job)
{
	struct pg_job *old = *job;

	if (old == NULL)
		return;
	pg_job_unsend(old);
	if (old->deadline != NULL)
		event_free(old->deadline);
	for (size_t i = 0; i < old->count; i++)
		call_free(&old->calls[i]);
	alloc_free(&old->calls);
	alloc_free(&old->uid);
	alloc_free(job);
}

void pg_job_add_call(
	struct pg_job *job, size_t at, const struct pg_stmt *stmt, const char *const params[])
{
	struct pg_job_call *call = &job->calls[at];

	must(stmt->nparams >= 0 && (stmt->nparams == 0 || params != NULL));
	call->stmt = stmt;
	call->params = alloc_array((size_t)stmt->nparams + 1, sizeof(*call->params));
	for (int i = 0; i < stmt->nparams; i++)
		call->params[i] = alloc_text(params[i]);
}

static struct pg_step *step_add(struct pg_job *job, enum pg_step_kind kind)
{
	struct pg_step *step = &job->steps[job->step_count++];

	step->kind = kind;
	return step;
}

static bool is_prepared(const struct pg *pg, const struct pg_stmt *stmt)
{
	for (size_t i = 0; i < pg->prepared_count; i++) {
		if (strcmp(pg->prepared[i]->name, stmt->name) == 0) {
			must(strcmp(pg->prepared[i]->sql, stmt->sql) == 0);
			return true;
		}
	}
	return false;
}

/* The same statement may stand twice in one job. */
static bool is_planned(const struct pg_job *job, const struct pg_stmt *stmt)
{
	for (size_t i = 0; i < job->step_count; i++) {
		const struct pg_step *step = &job->steps[i];

		if (step->kind == PG_STEP_PREPARE &&
			strcmp(job->calls[step->call].stmt->name, stmt->name) == 0)
			return true;
	}
	return false;
}

static void plan_calls(struct pg *pg, struct pg_job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		const struct pg_stmt *stmt = job->calls[i].stmt;

		if (!is_prepared(pg, stmt) && !is_planned(job, stmt))
			step_add(job, PG_STEP_PREPARE)->call = i;
		step_add(job, PG_STEP_CALL)->call = i;
	}
}

static void plan_listen(struct pg *pg, struct pg_job *job)
{
	for (size_t i = 0; pg->channels != NULL && pg->channels[i] != NULL; i++) {
		char *quoted =
			PQescapeIdentifier(pg->conn, pg->channels[i], strlen(pg->channels[i]));

		must(quoted != NULL);
		step_add(job, PG_STEP_TEXT)->text = alloc_print("listen %s", quoted);
		PQfreemem(quoted);
	}
}

static size_t channel_count(const struct pg *pg)
{
	size_t count = 0;

	while (pg->channels != NULL && pg->channels[count] != NULL)
		count++;
	return count;
}

static void plan_transaction(struct pg *pg, struct pg_job *job)
{
	struct pg_step *step;

	step_add(job, PG_STEP_TEXT)->text = alloc_text("begin");
	if (job->uid != NULL) {
		step = step_add(job, PG_STEP_TEXT);
		step->text = alloc_text(set_uid);
		step->param = job->uid;
	}
	plan_calls(pg, job);
	step = step_add(job, PG_STEP_TEXT);
	step->text = alloc_text("commit");
	step->commits = true;
}

static void plan(struct pg *pg, struct pg_job *job)
{
	job->steps = alloc_array(2 * job->count + channel_count(pg) + 3, sizeof(*job->steps));
	switch (job->kind) {
	case PG_JOB_SUBSCRIBE:
		plan_listen(pg, job);
		break;
	case PG_JOB_ROLLBACK:
		step_add(job, PG_STEP_TEXT)->text = alloc_text("rollback");
		break;
	case PG_JOB_ASK:
		if (job->together)
			plan_transaction(pg, job);
		else
			plan_calls(pg, job);
		break;
	}
}

static int send_step(PGconn *conn, const struct pg_job *job, const struct pg_step *step)
{
	const struct pg_job_call *call = &job->calls[step->call];

	switch (step->kind) {
	case PG_STEP_TEXT:
		return PQsendQueryParams(conn, step->text, step->param != NULL ? 1 : 0, NULL,
			&step->param, NULL, NULL, 0);
	case PG_STEP_PREPARE:
		return PQsendPrepare(
			conn, call->stmt->name, call->stmt->sql, call->stmt->nparams, NULL);
	case PG_STEP_CALL:
		return PQsendQueryPrepared(conn, call->stmt->name, call->stmt->nparams,
			(const char *const *)call->params, NULL, NULL, 0);
	}
	return 0;
}

int pg_job_send(struct pg *pg, struct pg_job *job)
{
	plan(pg, job);
	if (PQenterPipelineMode(pg->conn) == 0)
		return -EIO;
	for (size_t i = 0; i < job->step_count; i++) {
		if (send_step(pg->conn, job, &job->steps[i]) == 0)
			return -EIO;
	}
	return PQpipelineSync(pg->conn) == 1 ? 0 : -EIO;
}

static void remember(struct pg *pg, const struct pg_stmt *stmt)
{
	pg->prepared = alloc_grow(pg->prepared, pg->prepared_count + 1, sizeof(*pg->prepared));
	pg->prepared[pg->prepared_count++] = stmt;
}

static void note_refusal(struct pg_job *job, const char *sqlstate, const char *error)
{
	if (job->failed)
		return;
	job->failed = true;
	snprintf(job->sqlstate, sizeof(job->sqlstate), "%s", sqlstate != NULL ? sqlstate : "");
	job->error = pg_line(error);
}

/* A session that ends while it works on us may have committed before: that is no refusal. */
static bool is_fatal(const PGresult *result, const char *sqlstate)
{
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0))
		return true;
	/* No SQLSTATE: libpq made this result itself, of a connection that is gone. */
	return sqlstate == NULL || strncmp(sqlstate, "57P0", 4) == 0 ||
	       strncmp(sqlstate, "08", 2) == 0;
}

static void take_error(struct pg_job *job, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	if (is_fatal(result, sqlstate))
		job->fatal = true;
	note_refusal(job, sqlstate, primary != NULL ? primary : PQresultErrorMessage(result));
}

#ifdef HYBRIDHUB_FAILPOINTS
bool pg_job_breaks(const struct pg_job *job, const char *event)
{
	(void)PQflush(job->pg->conn); /* what was sent has left */
	for (size_t i = 0; i < job->count; i++)
		if (FAILPOINT_EVENT(event, job->calls[i].stmt->name))
			return true;
	return false;
}
#endif

static void take_success(struct pg *pg, struct pg_job *job, PGresult *result)
{
	const struct pg_step *step = &job->steps[job->step];
	struct pg_job_call *call = &job->calls[step->call];

	switch (step->kind) {
	case PG_STEP_TEXT:
		if (step->commits && strcmp(PQcmdStatus(result), "COMMIT") != 0)
			note_refusal(job, NULL, "the transaction was rolled back");
		break;
	case PG_STEP_PREPARE:
		remember(pg, call->stmt);
		break;
	case PG_STEP_CALL:
		PQclear(call->result);
		call->result = result;
		if (FAILPOINT_EVENT("pg.executed", call->stmt->name))
			job->fatal = true;
		return;
	}
	PQclear(result);
}

static void take(struct pg *pg, struct pg_job *job, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	bool good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;

	if (good && job->step < job->step_count) {
		take_success(pg, job, result);
		return;
	}
	if (status != PGRES_PIPELINE_ABORTED)
		take_error(job, result);
	PQclear(result);
}

enum pg_taken pg_job_take(struct pg *pg, struct pg_job *job)
{
	while (PQisBusy(pg->conn) == 0) {
		PGresult *result = PQgetResult(pg->conn);

		if (result == NULL) {
			if (++job->step > job->step_count)
				return PG_TAKEN_LOST;
			continue;
		}
		if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			return PQexitPipelineMode(pg->conn) == 1 ? PG_TAKEN_ALL : PG_TAKEN_LOST;
		}
		take(pg, job, result);
		if (job->fatal)
			return PG_TAKEN_LOST;
	}
	return PG_TAKEN_SOME;
}
