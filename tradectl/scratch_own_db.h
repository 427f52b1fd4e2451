/* scratch_own_db.h - what scratch_db.c and scratch_fill_db.c share. */
#pragma once

#include <libpq-fe.h>

#include "common/sys/err.h"

/* A session, or NULL and why. database: instead of the one that conninfo names; may be NULL. */
PGconn *scratch_connect(const char *conninfo, const char *database, struct err *err);
/* -EIO with the first line of text. */
int scratch_fail(struct err *err, const char *what, const char *text);

/* Copies schema and settings; an exit code. Account `test` takes over the times and limits of `account`. */
int scratch_fill(PGconn *theirs, PGconn *scratch, const char *account, struct err *err);
