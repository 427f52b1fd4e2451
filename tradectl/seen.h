/*
 * seen.h - the highest reservation that this host has seen, in a file of TRADECTL_STATE_DIR. It outlives the database's
 * own memory: a database that shows a lower reserve_seq than this has gone back in time, and may have forgotten orders
 * that are at the broker. The file is named by installation and broker account: a fresh database is another one.
 * Several processes may share it: it is replaced by rename under a lock file and never lowered.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/sys/err.h"

struct seen;

/* dir and account are copied. */
struct seen *seen_new(const char *dir, const char *account);
void seen_free(struct seen **seen);

/* Which file it is. true when that is another than before: read it before what the database says is compared. */
bool seen_name(struct seen *seen, const char *installation);

/* Reads the file (none is 0; while it has no name there is nothing to read) and proves that it can be replaced. 0, or a negative errno and why: then seen_trouble has it
 * too, until a later call works. Waits for the disk. */
int seen_read(struct seen *seen, struct err *err) MUST_CHECK;

/* Makes sure that the file says at least number, on the disk, before it returns. The same ends as seen_read. */
int seen_keep(struct seen *seen, int64_t number, struct err *err) MUST_CHECK;

/* As last read or kept. */
int64_t seen_highest(const struct seen *seen);
/* NULL when what was seen can be stored; else one line. */
const char *seen_trouble(const struct seen *seen);
