/* db_stream.c - db.h's part about the broker's stream of events. */
#include <errno.h>
#include <stdio.h>

#include "common/sys/pgrow.h"
#include "tradectl/db_own.h"

/* clang-format off */
const struct pg_stmt db_fill_stmt = {"fill", 2, "select * from order_fill($1, $2::jsonb)"};
const struct pg_stmt db_fills_shown_stmt = {"fills_shown", 2, "select fills_shown($1, $2::jsonb)"};
const struct pg_stmt db_poll_soon_stmt = {"poll_soon", 1, "select order_poll_soon($1)"};

/* clang-format on */

void db_fill(const struct db *db, const char *event, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_fill_stmt, (const char *const[]){db->account, event}, fn, owner);
}

int db_filled(const struct pg_answer *answer, struct db_filled *out, struct err *err)
{
	struct raw {
		struct uuid id;
		const char *before, *status, *client_order_id;
	} raw = {.before = NULL};
	/* clang-format off */
	static const struct pg_column columns[] = {
		{.name = "id", .kind = PG_UUID, .flags = PG_NULL_OK, .offset = offsetof(struct raw, id)},
		{.name = "client_order_id", .kind = PG_TEXT, .offset = offsetof(struct raw, client_order_id)},
		{.name = "before", .kind = PG_TEXT, .flags = PG_NULL_OK, .offset = offsetof(struct raw, before)},
		{.name = "status", .kind = PG_TEXT, .offset = offsetof(struct raw, status)},
		{.name = NULL},
	};
	/* clang-format on */

	if (db_count(answer) == 0)
		return err_set(err, -EINVAL, "no row for an event");
	int r = pg_row_read(answer->results[0], 0, columns, &raw, err);
	if (r < 0)
		return r;

	*out = (struct db_filled){.id = raw.id};
	snprintf(out->before, sizeof(out->before), "%s", raw.before ? raw.before : "");
	snprintf(out->status, sizeof(out->status), "%s", raw.status);
	snprintf(out->client_order_id, sizeof(out->client_order_id), "%s", raw.client_order_id);
	return 0;
}

void db_fills_shown(const struct db *db, const char *fills, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_fills_shown_stmt, (const char *const[]){db->account, fills}, fn, owner);
}

void db_poll_soon(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_poll_soon_stmt, (const char *const[]){db->account}, fn, owner);
}
