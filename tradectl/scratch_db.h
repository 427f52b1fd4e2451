/*
 * scratch_db.h - a database that is made beside the operator's, has its schema, functions, grants and settings and nobody's
 * rows, and is dropped again. Nothing is ever written to the operator's own. `tradectl verify` stages its guarantees there.
 *
 * The schema comes from pg_dump of the database that DATABASE_URL names, so that what is tried is what is in force there, not what
 * a release meant it to be. Blocking; one session at a time but for scratch_race.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/sys/attr.h"
#include "common/sys/err.h"

struct scratch;

/* theirs: DATABASE_URL. where: a role that may create databases, or NULL: the same. account: whose times and limits account
 * `test` takes over. An exit code; what is wrong is in err. */
int scratch_new(const char *theirs, const char *where, const char *account, struct scratch **out,
	struct err *err) MUST_CHECK;
/* Drops it, whoever still uses it. */
void scratch_free(struct scratch **scratch);
const char *scratch_name(const struct scratch *scratch);

/* Statements that stay. 0 or -EIO. */
int scratch_run(struct scratch *scratch, const char *sql, struct err *err) MUST_CHECK;
/* One statement's answer, column by column of its rows, in the order of pg_dump's text; NULL for SQL NULL. The caller
 * frees the array and its texts by scratch_rows_free. */
int scratch_rows(struct scratch *scratch, const char *sql, char ***values_out, size_t *rows_out,
	size_t columns, struct err *err) MUST_CHECK;
void scratch_rows_free(char ***values, size_t count);

/* In one transaction that is rolled back: `off` (NULL: nothing), then `look`; its one text in *found_out, NULL when it is
 * NULL. 0 or -EIO. */
int scratch_try(struct scratch *scratch, const char *off, const char *look, char **found_out,
	struct err *err) MUST_CHECK;
/* In a copy of its own: `off` and `stage` are committed, then `act` (one parameter: 1..sessions) runs in that many sessions
 * at once, then `look`. */
int scratch_race(struct scratch *scratch, const char *off, const char *stage, const char *act,
	int sessions, const char *look, char **found_out, struct err *err) MUST_CHECK;
