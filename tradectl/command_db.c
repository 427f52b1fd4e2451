/* command_db.c - see command_db.h. */
#include "tradectl/command_db.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <libpq-fe.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/sqlstate.h"
#include "common/trading/schema.h"
#include "tradectl/command_text.h"

/* clang-format off */
static const struct pg_stmt HALT = {"halt", 6, "select operator_halt($1, $2, $3, $4, $5, $6)"};
static const struct pg_stmt STATUS = {"status", 0, "select operator_status()"};
static const struct pg_stmt ORDERS = {"orders", 3, "select operator_orders($1, $2, $3::int)"};
static const struct pg_stmt EXPLAIN = {"explain", 1, "select operator_explain($1)"};
static const struct pg_stmt RECONCILE = {"reconcile", 3, "select operator_reconcile($1, $2, $3)"};
static const struct pg_stmt RECONCILED = {"reconciled", 1, "select operator_reconciled($1)"};
static const struct pg_stmt RESOLVE = {"resolve", 4, "select operator_resolve($1, $2, $3, $4)"};
static const struct pg_stmt ACKNOWLEDGE = {"acknowledge", 4, "select operator_acknowledge($1, $2, $3, $4)"};
static const struct pg_stmt VENUE_CHECK = {"venue_check", 7, "select operator_venue_check($1, $2, $3, $4, $5::boolean, $6, $7::jsonb)"};
static const struct pg_stmt VENUE_AGAIN = {"venue_again", 1, "select operator_venue_again($1)"};
/* clang-format on */

const struct pg_stmt *const operator_statements[] = {&schema_statement, &HALT, &STATUS, &ORDERS,
	&EXPLAIN, &RECONCILE, &RECONCILED, &RESOLVE, &ACKNOWLEDGE, &VENUE_CHECK, &VENUE_AGAIN,
	NULL};

struct command_db {
	PGconn *conn;
};

/* Whatever a role or the environment says: ours. A halt waits for claims under way, which take milliseconds. */
static const char OPTIONS[] = "-c search_path=public -c timezone=UTC -c datestyle=ISO -c jit=off "
			      "-c statement_timeout=30s -c lock_timeout=20s "
			      "-c client_min_messages=warning";

static void say(const char *what, const char *text)
{
	fprintf(stderr, "tradectl: %s%s", what, *what ? ": " : "");
	command_put_text(stderr, text);
	fputc('\n', stderr);
}

/* The first line of what libpq says; without its newline. */
static void say_first_line(const char *what, const char *text)
{
	AUTO(alloc_free) char *line = alloc_bytes(text, strcspn(text, "\n"));

	say(what, line);
}

static int connect_to(const char *conninfo, PGconn **conn_out)
{
	const char *const keys[] = {"dbname", "options", "client_encoding", "connect_timeout",
		"application_name", "target_session_attrs", NULL};
	const char *const values[] = {
		conninfo, OPTIONS, "UTF8", "5", "hybridhub-tradectl-command", "read-write", NULL};

	PGconn *conn = PQconnectdbParams(keys, values, 1);
	if (!conn || PQstatus(conn) != CONNECTION_OK) {
		say_first_line("the database cannot be reached",
			conn ? PQerrorMessage(conn) : "out of memory");
		PQfinish(conn);
		return EX_TEMPFAIL;
	}
	*conn_out = conn;
	return EX_OK;
}

static int code_of(const char *sqlstate)
{
	if (strcmp(sqlstate, "42501") == 0)
		return EX_NOPERM;
	if (strcmp(sqlstate, "22023") == 0 || strcmp(sqlstate, "P0002") == 0 ||
		strcmp(sqlstate, "55000") == 0)
		return EX_DATAERR;
	return sqlstate_passes(sqlstate) ? EX_TEMPFAIL : EX_SOFTWARE;
}

static int refused(const PGresult *result, const PGconn *conn)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
	int code = code_of(sqlstate ? sqlstate : "");

	say_first_line("", message ? message : PQerrorMessage(conn));
	if (hint)
		say("what to do", hint);
	else if (code == EX_NOPERM)
		fprintf(stderr,
			"tradectl: what to do: let DATABASE_URL name the role hybridhub_operator; "
			"this was %s\n",
			PQuser(conn));
	if (code == EX_TEMPFAIL && !sqlstate)
		say("", "whether it was done is not known: look with `tradectl status`");
	return code;
}

static int ask(
	PGconn *conn, const struct pg_stmt *stmt, const char *const params[], char **text_out)
{
	PGresult *result =
		PQexecParams(conn, stmt->sql, stmt->nparams, NULL, params, NULL, NULL, 0);
	int code = EX_OK;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		code = refused(result, conn);
	else if (PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
		*text_out = alloc_text(PQgetvalue(result, 0, 0));
	PQclear(result);
	return code;
}

static int schema_check(PGconn *conn)
{
	AUTO(alloc_free) char *found = NULL;
	char needed[16];

	int code = ask(conn, &schema_statement, NULL, &found);
	if (code == EX_SOFTWARE) {
		fprintf(stderr,
			"tradectl: what to do: database %s holds nothing of this program; let "
			"DATABASE_URL name the one that does, or make it with sql/migrate up\n",
			PQdb(conn));
		return EX_UNAVAILABLE;
	}
	if (code != EX_OK)
		return code;

	snprintf(needed, sizeof(needed), "%" PRId64, schema_step());
	if (found && strcmp(found, needed) == 0)
		return EX_OK;
	fprintf(stderr,
		"tradectl: the database's schema is at step %s, this release's at %s: run "
		"sql/migrate up, or the other release\n",
		found ? found : "0", needed);
	return EX_UNAVAILABLE;
}

int command_db_open(const char *conninfo, struct command_db **out)
{
	PGconn *conn;

	int code = connect_to(conninfo, &conn);
	if (code != EX_OK)
		return code;

	code = schema_check(conn);
	if (code != EX_OK) {
		PQfinish(conn);
		return code;
	}
	*out = alloc_zero(sizeof(**out));
	(*out)->conn = conn;
	return EX_OK;
}

void command_db_close(struct command_db **db)
{
	if (!*db)
		return;

	PQfinish((*db)->conn);
	alloc_free(db);
}

int command_db_ask(
	struct command_db *db, const char *name, const char *const params[], char **text_out)
{
	const struct pg_stmt *const *stmt = operator_statements;

	while (*stmt && strcmp((*stmt)->name, name) != 0)
		stmt++;
	must(*stmt);
	return ask(db->conn, *stmt, params, text_out);
}
