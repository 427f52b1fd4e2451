/* pgrow.c - see pgrow.h. */
#include "common/sys/pgrow.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/clock.h"
#include "common/sys/date.h"
#include "common/sys/decimal.h"
#include "common/sys/must.h"
#include "common/sys/uuid.h"

static int read_i64(const char *text, int64_t *out)
{
	char *end;

	if (strspn(text, "-0123456789") != strlen(text))
		return -EINVAL;
	errno = 0;
	intmax_t number = strtoimax(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0)
		return -EINVAL;
	*out = number;
	return 0;
}

static int read_bool(const char *text, bool *out)
{
	if (strcmp(text, "t") != 0 && strcmp(text, "f") != 0)
		return -EINVAL;
	*out = text[0] == 't';
	return 0;
}

static int read_value(enum pg_kind kind, const char *text, void *place)
{
	switch (kind) {
	case PG_TEXT:
		*(const char **)place = text;
		return 0;
	case PG_I64:
		return read_i64(text, place);
	case PG_BOOL:
		return read_bool(text, place);
	case PG_UUID:
		return uuid_read(text, place);
	case PG_WALL:
		return wall_parse(text, place);
	case PG_DATE:
		return date_parse(text, place);
	case PG_NANO:
		return decimal_parse(text, place);
	case PG_NANO_NEAR:
		return decimal_parse_wire(text, place);
	}
	return -EINVAL;
}

static const char *const kind_words[] = {
	[PG_TEXT] = "text",
	[PG_I64] = "64-bit integer",
	[PG_BOOL] = "boolean",
	[PG_UUID] = "uuid",
	[PG_WALL] = "timestamp",
	[PG_DATE] = "date",
	[PG_NANO] = "decimal of nine places",
	[PG_NANO_NEAR] = "decimal that fits",
};

static size_t kind_size(enum pg_kind kind)
{
	switch (kind) {
	case PG_TEXT:
		return sizeof(const char *);
	case PG_I64:
	case PG_NANO:
	case PG_NANO_NEAR:
		return sizeof(int64_t);
	case PG_BOOL:
		return sizeof(bool);
	case PG_UUID:
		return sizeof(struct uuid);
	case PG_WALL:
		return sizeof(struct wall);
	case PG_DATE:
		return sizeof(struct date);
	}
	return 0;
}

static int read_column(
	const PGresult *result, int row, const struct pg_column *column, void *out, struct err *err)
{
	int number = PQfnumber(result, column->name);
	char *place = (char *)out + column->offset;

	memset(place, 0, kind_size(column->kind));
	if (column->has_offset != 0)
		*((bool *)out + column->has_offset) = false;
	if (number < 0)
		return err_set(err, -EINVAL, "column %s is not in the result", column->name);
	if (PQgetisnull(result, row, number) != 0) {
		if ((column->flags & PG_NULL_OK) != 0)
			return 0;
		return err_set(err, -EINVAL, "column %s is NULL", column->name);
	}

	const char *text = PQgetvalue(result, row, number);
	if (read_value(column->kind, text, place) < 0)
		return err_set(err, -EINVAL, "column %s: no %s: %.100s", column->name,
			kind_words[column->kind], text);
	if (column->has_offset != 0)
		*((bool *)out + column->has_offset) = true;
	return 0;
}

int pg_row_read(const PGresult *result, int row, const struct pg_column columns[], void *out,
	struct err *err)
{
	int r;

	must(row >= 0 && row < PQntuples(result));
	for (const struct pg_column *column = columns; column->name != NULL; column++) {
		r = read_column(result, row, column, out, err);
		if (r < 0)
			return r;
	}
	return 0;
}
