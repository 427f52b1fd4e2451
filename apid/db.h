/*
 * db.h - apid's sessions: one that listens, and several that ask. Every ask is one short transaction under the uid of
 * the person whom it serves, so that row-level security answers for a forgotten WHERE.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "apid/problem.h"
#include "common/sys/pg.h"

struct apid;
struct db;
struct request;

/* What apid asks Postgres: every statement stands in db.c's table. */
enum db_stmt {
	DB_USER_SEEN,
	DB_QUESTIONS,
	DB_QUESTION,
	DB_QUESTIONS_OPEN,
	DB_QUESTIONS_NAMED,
	DB_QUESTION_ANSWER,
	DB_QUESTION_ACK,
	DB_CONFIG_OWN,
	DB_GUARDRAILS,
	DB_CONFIG_PUT,
	DB_ORDERS,
	DB_ORDERS_NAMED,
	DB_ORDERS_RECENT,
	DB_ORDER,
	DB_ORDER_EVENTS,
	DB_ORDER_FILLS,
	DB_ORDER_CANCEL,
	DB_SELF_HALT,
	DB_STATUS,
	DB_SNAPSHOTS,
	DB_RULE_RESUME,
	DB_RUNG_OWNERS,
	DB_UNDELIVERED,
	DB_STMT_COUNT,
};

extern const struct pg_stmt db_statements[DB_STMT_COUNT];
/* The same, NULL-terminated: a test prepares each against a fresh schema. */
extern const struct pg_stmt *const apid_statements[];

/* A call with its parameters in place: DB_CALL(DB_QUESTION, id). */
#define DB_CALL(which, ...)                                                                        \
	((struct pg_call){                                                                         \
		.stmt = &db_statements[which], .params = (const char *const[]){__VA_ARGS__}})
#define DB_CALL_BARE(which) ((struct pg_call){.stmt = &db_statements[which], .params = NULL})

/* The hooks hear of the listening session. */
struct db *db_new(struct apid *apid, const struct pg_hooks *hooks);
void db_start(struct db *db);
/* For the listening session's up(): a schema that is not this release's ends the daemon. */
void db_require_schema(struct db *db);
void db_free(struct db **db); /* what waits is answered first */
/* The listening session and one of the others stand. */
bool db_ready(const struct db *db);
size_t db_queued(const struct db *db);

/* uid NULL: for nobody, the rows of nobody are seen. Answered from the loop; only inside db_free, when one answer leads
 * to the next ask, from inside. */
void db_ask(struct db *db, const char *uid, const struct pg_call calls[], size_t count,
	pg_answer_fn *fn, void *owner);

/* For an answer that is not PG_DONE: the problem to tell, logged once here when it is our own fault. */
void db_problem(struct apid *apid, const struct pg_answer *answer, struct problem *problem);
/* The same as the answer to a request. */
void db_refuse(struct request *request, const struct pg_answer *answer);
