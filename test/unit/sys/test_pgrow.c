/* test_pgrow.c - rows to structs, with results that no server made. */
#include "common/sys/pgrow.h"

#include <errno.h>
#include <stddef.h>

#include "common/sys/clock.h"
#include "common/sys/date.h"
#include "common/sys/uuid.h"
#include "test/unit/unit.h"

struct thing {
	const char *text;
	int64_t number;
	bool flag;
	struct uuid id;
	struct wall at;
	struct date day;
	int64_t price; /* nano */
	bool has_price;
};

#define AT(field) offsetof(struct thing, field)

/* clang-format off */
static const struct pg_column columns[] = {
	{"text", PG_TEXT, AT(text), PG_NULL_OK, 0},
	{"number", PG_I64, AT(number), 0, 0},
	{"flag", PG_BOOL, AT(flag), 0, 0},
	{"id", PG_UUID, AT(id), 0, 0},
	{"at", PG_WALL, AT(at), 0, 0},
	{"day", PG_DATE, AT(day), PG_NULL_OK, 0},
	{"price", PG_NANO, AT(price), PG_NULL_OK, AT(has_price)},
	{NULL, PG_TEXT, 0, 0, 0},
};

struct row_case {
	const char *name;
	const char *values[7]; /* by column; NULL = SQL NULL */
	const char *error;     /* NULL: good */
};

#define ID "0b0e4bd0-6f1e-5a0f-8a3d-0123456789ab"
#define AT_TEXT "2026-11-25 14:30:00.25+00"

static const struct row_case rows[] = {
	{"full", {"hello", "-42", "t", ID, AT_TEXT, "2026-11-25", "492.10"}, NULL},
	{"nulls where they may be", {NULL, "9223372036854775807", "f", ID, AT_TEXT, NULL, NULL}, NULL},
	{"NULL where it may not", {"", NULL, "t", ID, AT_TEXT, NULL, NULL}, "column number is NULL"},
	{"number too big", {"", "9223372036854775808", "t", ID, AT_TEXT, NULL, NULL}, "column number: no 64-bit integer: 9223372036854775808"},
	{"number with a point", {"", "1.0", "t", ID, AT_TEXT, NULL, NULL}, "column number: no 64-bit integer: 1.0"},
	{"number with a blank", {"", " 1", "t", ID, AT_TEXT, NULL, NULL}, "column number: no 64-bit integer:  1"},
	{"number empty", {"", "", "t", ID, AT_TEXT, NULL, NULL}, "column number: no 64-bit integer: "},
	{"bool in words", {"", "1", "true", ID, AT_TEXT, NULL, NULL}, "column flag: no boolean: true"},
	{"uuid cut", {"", "1", "t", "0b0e4bd0", AT_TEXT, NULL, NULL}, "column id: no uuid: 0b0e4bd0"},
	{"infinity", {"", "1", "t", ID, "infinity", NULL, NULL}, "column at: no timestamp: infinity"},
	{"day that is none", {"", "1", "t", ID, AT_TEXT, "2026-02-29", NULL}, "column day: no date: 2026-02-29"},
	{"NaN", {"", "1", "t", ID, AT_TEXT, NULL, "NaN"}, "column price: no decimal of nine places: NaN"},
};

/* clang-format on */

static PGresult *result_new(const char *const values[], size_t count)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc named[LENGTH(columns)] = {0};
	char names[LENGTH(columns)][16];

	/* The other way round than the table: columns are found by name. */
	for (size_t i = 0; i < count; i++) {
		snprintf(names[i], sizeof(names[i]), "%s", columns[count - 1 - i].name);
		named[i].name = names[i];
	}
	assert_true(PQsetResultAttrs(result, (int)count, named));
	for (size_t i = 0; i < count; i++) {
		const char *text = values[count - 1 - i];
		char copy[64];

		snprintf(copy, sizeof(copy), "%s", text != NULL ? text : "");
		assert_true(PQsetvalue(result, 0, (int)i, text != NULL ? copy : NULL,
			text != NULL ? (int)strlen(copy) : -1));
	}
	return result;
}

static void reads_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		PGresult *result = result_new(rows[i].values, 7);
		struct thing thing;
		struct err err = {""};

		memset(&thing, 0xee, sizeof(thing));
		thing.has_price = true;
		want_i64(rows[i].name, pg_row_read(result, 0, columns, &thing, &err),
			rows[i].error ? -EINVAL : 0);
		want_str(rows[i].name, err.text, rows[i].error ? rows[i].error : "");
		if (rows[i].error == NULL)
			want_i64(rows[i].name, thing.has_price, rows[i].values[6] != NULL);
		PQclear(result);
	}
}

static void values_are_exact(void **state)
{
	PGresult *result = result_new(rows[0].values, 7);
	struct thing thing;
	char id[UUID_TEXT];
	struct err err;

	(void)state;
	want_i64("read", pg_row_read(result, 0, columns, &thing, &err), 0);
	want_str("text", thing.text, "hello");
	want_i64("number", thing.number, -42);
	want_true("flag", thing.flag);
	uuid_write(thing.id, id);
	want_str("id", id, ID);
	want_i64("at", thing.at.us, INT64_C(1795617000250000));
	want_i64("day", thing.day.year * 10000 + thing.day.month * 100 + thing.day.day, 20261125);
	want_i64("price", thing.price, INT64_C(492100000000));
	PQclear(result);

	result = result_new(rows[1].values, 7);
	want_i64("read", pg_row_read(result, 0, columns, &thing, &err), 0);
	want_true("text", thing.text == NULL);
	want_i64("day", thing.day.year, 0);
	want_i64("price", thing.price, 0);
	PQclear(result);
}

static void a_missing_column_is_named(void **state)
{
	PGresult *result = result_new(rows[0].values, 6);
	struct thing thing;
	struct err err;

	(void)state;
	want_i64("read", pg_row_read(result, 0, columns, &thing, &err), -EINVAL);
	want_str("error", err.text, "column price is not in the result");
	PQclear(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rows),
		cmocka_unit_test(values_are_exact),
		cmocka_unit_test(a_missing_column_is_named),
	};

	return cmocka_run_group_tests_name("pgrow", tests, NULL, NULL);
}
