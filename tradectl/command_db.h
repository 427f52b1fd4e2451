/*
 * command_db.h - the one session of an operator's command: blocking, short, and never the daemon's.
 *
 * Statements are named rows of command_statements[], so that a test can PREPARE each as hybridhub_operator; each
 * answers with one text.
 */
#pragma once

#include "common/sys/attr.h"
#include "common/sys/pg.h"

struct command_db;

/* name -> statement; for the list that a test prepares. NULL-terminated. */
extern const struct pg_stmt *const operator_statements[];

/* 0 and a session at a schema of this release; else an exit code, said on stderr. */
int command_db_open(const char *conninfo, struct command_db **out) MUST_CHECK;
void command_db_close(struct command_db **db);

/* Runs one autocommitted statement of the list by its name. 0 and the first column of the first row (the caller frees it by
 * alloc_free; NULL for SQL NULL), or an exit code after what the server said, with its hint, has been put on stderr. */
int command_db_ask(struct command_db *db, const char *name, const char *const params[],
	char **text_out) MUST_CHECK;
