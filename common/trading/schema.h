/*
 * schema.h - does the database hold the schema that this release was built with?
 *
 * Numbered files in sql/ make it; the build counts them. Called from a session's up(): a schema that is older, newer or
 * not there ends the daemon with 69, so that nobody works on tables that mean something else; `sql/migrate up` mends it.
 */
#pragma once

#include <stdint.h>

#include "common/sys/daemon.h"
#include "common/sys/pg.h"

/* For the list of statements that a test prepares. */
extern const struct pg_stmt schema_statement;

/* The answer comes first of all that is asked afterwards on this session. Anything but an answer says nothing about the
 * schema: the session's next up() asks again. */
void schema_require(struct daemon *daemon, struct pg *pg);

/* The number of the last file in sql/ of this release. */
int64_t schema_step(void);
