/* db_cancel.c - db.h's part about orders that somebody wants back. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/sys/pgrow.h"
#include "tradectl/db_own.h"

/* clang-format off */
const struct pg_stmt db_cancel_due_stmt = {"cancel_due", 2, "select * from order_cancel_due($1, $2::int)"};
const struct pg_stmt db_cancel_answered_stmt = {"cancel_answered", 3, "select order_cancel_answered($1::uuid, $2::int, $3::jsonb)"};
const struct pg_stmt db_cancel_pending_stmt = {"cancel_pending", 1, "select client_order_id, seconds from order_cancel_pending($1)"};

/* clang-format on */

void db_cancel_due(const struct db *db, pg_answer_fn *fn, void *owner)
{
	char limit[DB_INTEGER];

	snprintf(limit, sizeof(limit), "%d", DB_POLLED_AT_ONCE);
	db_ask(db, &db_cancel_due_stmt, (const char *const[]){db->account, limit}, fn, owner);
}

int db_cancel_order(
	const struct pg_answer *answer, size_t row, struct db_order *out, struct err *err)
{
	return db_poll_order(answer, row, out, err);
}

void db_cancel_answered(const struct db *db, struct uuid id, int status, const char *detail,
	pg_answer_fn *fn, void *owner)
{
	char id_text[UUID_TEXT], status_text[DB_INTEGER];

	uuid_write(id, id_text);
	snprintf(status_text, sizeof(status_text), "%d", status);
	db_ask(db, &db_cancel_answered_stmt, (const char *const[]){id_text, status_text, detail},
		fn, owner);
}

void db_cancel_pending(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_cancel_pending_stmt, (const char *const[]){db->account}, fn, owner);
}

int db_pending(const struct pg_answer *answer, struct db_pending *out, struct err *err)
{
	struct raw {
		const char *client_order_id;
		int64_t seconds;
	} raw = {NULL, 0};
	/* clang-format off */
	static const struct pg_column columns[] = {
		{.name = "client_order_id", .kind = PG_TEXT, .offset = offsetof(struct raw, client_order_id)},
		{.name = "seconds", .kind = PG_I64, .offset = offsetof(struct raw, seconds)},
		{.name = NULL},
	};
	/* clang-format on */

	int r = pg_row_read(answer->results[0], 0, columns, &raw, err);
	if (r < 0)
		return r;

	snprintf(out->client_order_id, sizeof(out->client_order_id), "%s", raw.client_order_id);
	out->seconds = raw.seconds;
	return 0;
}
