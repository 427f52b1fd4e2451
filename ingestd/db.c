/* db.c - see db.h. */
#include "ingestd/db.h"

#include <errno.h>

#include "common/sys/pgrow.h"
#include "common/trading/led.h"
#include "common/trading/roster.h"
#include "common/trading/schema.h"

/* clang-format off */
static const struct pg_stmt CLOCK = {"clock_read", 0, "select now from clock_read()"};
static const struct pg_stmt PARTITIONS = {"market_data_partitions", 0, "select market_data_partitions()"};
static const struct pg_stmt STORE = {"market_data_store", 2, "select market_data_store($1::uuid, $2::jsonb) as rows_written"};
static const struct pg_stmt FETCHED = {"ingest_fetched", 1, "select ingest_fetched($1::jsonb)"};
static const struct pg_stmt CALENDAR = {"market_calendar_store", 1, "select market_calendar_store($1::jsonb)"};
static const struct pg_stmt BROKER_CLOCK = {"broker_clock_store", 4, "select broker_clock_store($1::boolean, $2::timestamptz, $3::timestamptz, $4::timestamptz)"};
/* clang-format on */

const struct pg_stmt *const ingestd_statements[] = {
	&schema_statement,
	&roster_statement,
	&led_statement,
	&CLOCK,
	&PARTITIONS,
	&STORE,
	&FETCHED,
	&CALENDAR,
	&BROKER_CLOCK,
	NULL,
};

static const struct span deadline = {5 * 1000000};

static int read_single(const struct pg_answer *answer, const struct pg_column columns[], void *out,
	struct err *err)
{
	if (answer->count != 1 || PQntuples(answer->results[0]) != 1)
		return err_set(err, -EINVAL, "%s: not one row", columns[0].name);
	return pg_row_read(answer->results[0], 0, columns, out, err);
}

void db_clock(struct pg *pg, pg_answer_fn *fn, void *owner)
{
	pg_ask(pg, &CLOCK, NULL, deadline, fn, owner);
}

int db_now(const struct pg_answer *answer, struct wall *out, struct err *err)
{
	static const struct pg_column columns[] = {
		{.name = "now", .kind = PG_WALL}, {.name = NULL}};

	return read_single(answer, columns, out, err);
}

void db_partitions(struct pg *pg, pg_answer_fn *fn, void *owner)
{
	pg_ask(pg, &PARTITIONS, NULL, deadline, fn, owner);
}

void db_store(struct pg *pg, struct uuid batch, const char *rows, pg_answer_fn *fn, void *owner)
{
	char id[UUID_TEXT];

	uuid_write(batch, id);
	pg_ask(pg, &STORE, (const char *const[]){id, rows}, deadline, fn, owner);
}

int db_written(const struct pg_answer *answer, int64_t *out, struct err *err)
{
	static const struct pg_column columns[] = {
		{.name = "rows_written", .kind = PG_I64}, {.name = NULL}};

	return read_single(answer, columns, out, err);
}

void db_fetched(struct pg *pg, const char *inputs)
{
	pg_ask(pg, &FETCHED, (const char *const[]){inputs}, deadline, NULL, NULL);
}

void db_calendar(struct pg *pg, const char *days, pg_answer_fn *fn, void *owner)
{
	pg_ask(pg, &CALENDAR, (const char *const[]){days}, deadline, fn, owner);
}

void db_broker_clock(struct pg *pg, const struct broker_clock *clock, pg_answer_fn *fn, void *owner)
{
	char at[WALL_TEXT];
	char next_open[WALL_TEXT];
	char next_close[WALL_TEXT];

	wall_format(clock->at, at);
	wall_format(clock->next_open, next_open);
	wall_format(clock->next_close, next_close);
	pg_ask(pg, &BROKER_CLOCK,
		(const char *const[]){clock->is_open ? "true" : "false", next_open, next_close, at},
		deadline, fn, owner);
}
