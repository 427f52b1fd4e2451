/* pgrow.h - rows to structs by a table: each column is looked up by name, checked and parsed. */
#pragma once

#include <stdbool.h>

#include <libpq-fe.h>

#include "common/sys/err.h"

enum pg_kind {
	PG_TEXT, /* const char *, points into the result */
	PG_I64,	 /* int64_t */
	PG_BOOL, /* bool */
	PG_UUID, /* struct uuid */
	PG_WALL, /* struct wall */
	PG_DATE, /* struct date; NULL, where PG_NULL_OK, gives year 0 */
	PG_NANO, /* struct price, qty, cash or pct: all are one int64_t */
	PG_NANO_NEAR, /* the same, of a column that others write: rounded half away from zero at nine places */
};

enum {
	PG_NULL_OK = 1, /* NULL leaves zero; has_offset tells, when given */
};

struct pg_column {
	const char *name;
	enum pg_kind kind;
	size_t offset;
	unsigned flags;
	size_t has_offset; /* offset of a bool that is set when not NULL; 0 = none (never put a bool first) */
};

/* Rows end with name NULL. Fills all of *out (which is zeroed at the places named). -EINVAL names column and text. */
int pg_row_read(const PGresult *result, int row, const struct pg_column columns[], void *out,
	struct err *err) MUST_CHECK;
