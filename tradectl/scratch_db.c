/* scratch_db.c - see scratch_db.h: its life, and statements in it. What fills it is scratch_fill_db.c. */
#include "tradectl/scratch_db.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "common/sys/alloc.h"
#include "tradectl/scratch_own_db.h"

enum {
	SESSIONS_MOST = 16,
};

struct scratch {
	char *where;   /* conninfo of whoever makes it */
	char *name;    /* of the database */
	PGconn *maker; /* at the database that `where` names */
	PGconn *conn;  /* in the scratch database; NULL while it is copied */
};

const char *scratch_name(const struct scratch *scratch)
{
	return scratch->name;
}

int scratch_fail(struct err *err, const char *what, const char *text)
{
	AUTO(alloc_free) char *line = alloc_bytes(text, strcspn(text, "\n"));

	return err_set(err, -EIO, "%s%s%s", what, *what ? ": " : "", line);
}

PGconn *scratch_connect(const char *conninfo, const char *database, struct err *err)
{
	static const char options[] =
		"-c search_path=public -c timezone=UTC -c datestyle=ISO -c jit=off "
		"-c client_min_messages=warning -c statement_timeout=60s -c lock_timeout=30s";
	const char *const keys[] = {"dbname", "options", "client_encoding", "connect_timeout",
		"application_name", database ? "dbname" : NULL, NULL};
	const char *const values[] = {
		conninfo, options, "UTF8", "5", "hybridhub-tradectl-verify", database, NULL};

	PGconn *conn = PQconnectdbParams(keys, values, 1);
	if (conn && PQstatus(conn) == CONNECTION_OK)
		return conn;

	(void)scratch_fail(err, "", conn ? PQerrorMessage(conn) : "out of memory");
	PQfinish(conn);
	return NULL;
}

/* 0 or -EIO; with result_out not NULL the caller clears it. */
static int execute(PGconn *conn, const char *sql, PGresult **result_out, struct err *err)
{
	PGresult *result = PQexec(conn, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		int r = scratch_fail(err, "", message ? message : PQerrorMessage(conn));
		PQclear(result);
		return r;
	}
	if (result_out)
		*result_out = result;
	else
		PQclear(result);
	return 0;
}

static int ask_text(PGconn *conn, const char *sql, char **text_out, struct err *err)
{
	PGresult *result;

	int r = execute(conn, sql, &result, err);
	if (r < 0)
		return r;

	*text_out = PQntuples(result) > 0 && !PQgetisnull(result, 0, 0)
			    ? alloc_text(PQgetvalue(result, 0, 0))
			    : NULL;
	PQclear(result);
	return 0;
}

static int connect_scratch(struct scratch *scratch, struct err *err)
{
	scratch->conn = scratch_connect(scratch->where, scratch->name, err);
	return scratch->conn ? 0 : -EIO;
}

static void disconnect(PGconn **conn)
{
	PQfinish(*conn);
	*conn = NULL;
}

/* Encoding and locale as in the database that it stands for. */
static int create(struct scratch *scratch, PGconn *theirs, struct err *err)
{
	AUTO(alloc_free) char *traits = NULL;
	PGresult *result;

	int r = ask_text(theirs,
		"select format('encoding %L lc_collate %L lc_ctype %L', "
		"pg_encoding_to_char(encoding), datcollate, datctype) from pg_database "
		"where datname = current_database()",
		&traits, err);
	if (r < 0)
		return EX_SOFTWARE;

	AUTO(alloc_free)
	char *sql = alloc_print("create database %s template template0 %s", scratch->name, traits);
	result = PQexec(scratch->maker, sql);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	bool denied = sqlstate && strcmp(sqlstate, "42501") == 0;
	bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
	if (!done)
		(void)scratch_fail(
			err, "a scratch database cannot be made", PQerrorMessage(scratch->maker));
	PQclear(result);
	return done ? EX_OK : denied ? EX_NOPERM : EX_TEMPFAIL;
}

static void drop(struct scratch *scratch, const char *name)
{
	AUTO(alloc_free) char *sql = alloc_print("drop database if exists %s with (force)", name);
	struct err err;

	if (execute(scratch->maker, sql, NULL, &err) < 0)
		fprintf(stderr, "tradectl: the scratch database %s could not be dropped: %s\n",
			name, err.text);
}

void scratch_free(struct scratch **place)
{
	struct scratch *scratch = *place;

	if (!scratch)
		return;

	disconnect(&scratch->conn);
	if (scratch->maker && scratch->name)
		drop(scratch, scratch->name);
	disconnect(&scratch->maker);
	alloc_free(&scratch->name);
	alloc_free(&scratch->where);
	alloc_free(place);
}

int scratch_new(const char *theirs, const char *where, const char *account, struct scratch **out,
	struct err *err)
{
	struct scratch *scratch = alloc_zero(sizeof(*scratch));
	int code = EX_TEMPFAIL;

	scratch->where = alloc_text(where ? where : theirs);
	PGconn *source = scratch_connect(theirs, NULL, err);
	if (source)
		scratch->maker = scratch_connect(scratch->where, NULL, err);
	if (scratch->maker) {
		AUTO(alloc_free) char *name = alloc_print("hybridhub_verify_%ld", (long)getpid());
		scratch->name = TAKE(name);
		code = create(scratch, source, err);
		if (code != EX_OK)
			alloc_free(&scratch->name); /* nothing to drop */
	}
	if (code == EX_OK && connect_scratch(scratch, err) < 0)
		code = EX_TEMPFAIL;
	if (code == EX_OK)
		code = scratch_fill(source, scratch->conn, account, err);
	PQfinish(source);
	if (code != EX_OK) {
		scratch_free(&scratch);
		return code;
	}
	*out = scratch;
	return EX_OK;
}

int scratch_run(struct scratch *scratch, const char *sql, struct err *err)
{
	return execute(scratch->conn, sql, NULL, err);
}

int scratch_rows(struct scratch *scratch, const char *sql, char ***values_out, size_t *rows_out,
	size_t columns, struct err *err)
{
	PGresult *result;

	int r = execute(scratch->conn, sql, &result, err);
	if (r < 0)
		return r;

	size_t rows = (size_t)PQntuples(result);
	char **values = alloc_array(rows * columns + 1, sizeof(*values));
	for (size_t i = 0; i < rows * columns; i++) {
		int row = (int)(i / columns), column = (int)(i % columns);
		values[i] = PQgetisnull(result, row, column)
				    ? NULL
				    : alloc_text(PQgetvalue(result, row, column));
	}
	PQclear(result);
	*values_out = values;
	*rows_out = rows;
	return 0;
}

void scratch_rows_free(char ***values, size_t count)
{
	for (size_t i = 0; *values && i < count; i++)
		alloc_free(&(*values)[i]);
	alloc_free(values);
}

int scratch_try(struct scratch *scratch, const char *off, const char *look, char **found_out,
	struct err *err)
{
	int r = execute(scratch->conn, "begin", NULL, err);

	if (r == 0 && off)
		r = execute(scratch->conn, off, NULL, err);
	if (r == 0)
		r = ask_text(scratch->conn, look, found_out, err);
	struct err ignored;
	if (execute(scratch->conn, "rollback", NULL, &ignored) < 0 && r == 0)
		r = scratch_fail(err, "", ignored.text);
	return r;
}

static int act_at_once(
	struct scratch *scratch, const char *copy, const char *act, int sessions, struct err *err)
{
	PGconn *conns[SESSIONS_MOST] = {NULL};
	int r = 0;

	for (int i = 0; i < sessions && r == 0; i++) {
		conns[i] = scratch_connect(scratch->where, copy, err);
		r = conns[i] ? 0 : -EIO;
	}
	for (int i = 0; i < sessions && r == 0; i++) {
		char number[16];
		snprintf(number, sizeof(number), "%d", i + 1);
		if (PQsendQueryParams(conns[i], act, 1, NULL, (const char *const[]){number}, NULL,
			    NULL, 0) == 0)
			r = scratch_fail(err, "", PQerrorMessage(conns[i]));
	}
	for (int i = 0; i < sessions; i++) {
		PGresult *result;
		while (conns[i] && (result = PQgetResult(conns[i]))) {
			if (PQresultStatus(result) != PGRES_TUPLES_OK && r == 0)
				r = scratch_fail(err, "", PQerrorMessage(conns[i]));
			PQclear(result);
		}
		PQfinish(conns[i]);
	}
	return r;
}

static int race_in(struct scratch *scratch, const char *copy, const char *off, const char *stage,
	const char *act, int sessions, const char *look, char **found_out, struct err *err)
{
	PGconn *conn = scratch_connect(scratch->where, copy, err);

	if (!conn)
		return -EIO;

	int r = off ? execute(conn, off, NULL, err) : 0;
	if (r == 0)
		r = execute(conn, stage, NULL, err);
	if (r == 0)
		r = act_at_once(scratch, copy, act, sessions, err);
	if (r == 0)
		r = ask_text(conn, look, found_out, err);
	PQfinish(conn);
	return r;
}

int scratch_race(struct scratch *scratch, const char *off, const char *stage, const char *act,
	int sessions, const char *look, char **found_out, struct err *err)
{
	AUTO(alloc_free) char *copy = alloc_print("%s_race", scratch->name);
	AUTO(alloc_free)
	char *sql = alloc_print("create database %s template %s", copy, scratch->name);

	if (sessions > SESSIONS_MOST)
		return err_set(err, -EINVAL, "too many sessions");
	disconnect(&scratch->conn); /* nobody may use what is copied */
	int r = execute(scratch->maker, sql, NULL, err);
	if (r == 0)
		r = race_in(scratch, copy, off, stage, act, sessions, look, found_out, err);
	drop(scratch, copy);
	struct err again;
	if (connect_scratch(scratch, &again) < 0 && r == 0)
		r = scratch_fail(err, "", again.text);
	return r;
}
