/* db_gauge.c - db.h's part about what is only shown: halts in force, use of the notification queue. */
#include "common/sys/pgrow.h"
#include "tradectl/db_own.h"

const struct pg_stmt db_gauges_stmt = {"gauges", 1, "select * from trading_gauges($1)"};

void db_gauges(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_gauges_stmt, (const char *const[]){db->account}, fn, owner);
}

int db_gauge(const struct pg_answer *answer, size_t row, struct db_gauge *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		{.name = "scope", .kind = PG_TEXT, .offset = offsetof(struct db_gauge, scope)},
		{.name = "level", .kind = PG_I64, .offset = offsetof(struct db_gauge, level)},
		{.name = "queue_use_ppm", .kind = PG_I64, .offset = offsetof(struct db_gauge, queue_use_ppm)},
		{.name = NULL},
	};
	/* clang-format on */

	return pg_row_read(answer->results[0], (int)row, columns, out, err);
}
