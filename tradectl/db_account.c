/* db_account.c - db.h's part about the broker account as a whole: its times, its reservations, its reconciliation. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/sys/pgrow.h"
#include "tradectl/db_own.h"

/* clang-format off */
const struct pg_stmt db_serve_stmt = {"serve", 4, "select * from broker_serve($1, $2, $3, $4)"};
const struct pg_stmt db_reconciled_stmt = {"reconciled", 2, "select broker_reconciled($1, $2::jsonb)"};
const struct pg_stmt db_compared_stmt = {"compared", 1, "select broker_compared($1)"};
const struct pg_stmt db_rewound_stmt = {"rewound", 2, "select broker_rewound($1, $2::bigint)"};

const struct pg_stmt db_note_stmt = {"note", 2, "select orphan_note($1, $2::jsonb) as what, $2::jsonb->>'client_order_id' as client_order_id"};
const struct pg_stmt db_symbols_stmt = {"symbols", 1, "select symbol from order_symbols($1)"};
const struct pg_stmt db_ledger_stmt = {"ledger", 2, "select ledger_compare($1, $2::jsonb)"};
const struct pg_stmt db_unserved_stmt = {"unserved", 1, "select * from order_unserved($1)"};
const struct pg_stmt db_trips_stmt = {"trips", 1, "select * from trips_owed($1)"};

/* clang-format on */

void db_serve(const struct db *db, const char *trouble, const char *trouble_text, pg_answer_fn *fn,
	void *owner)
{
	db_ask(db, &db_serve_stmt,
		(const char *const[]){db->account, db->worker, trouble, trouble_text}, fn, owner);
}

int db_serving(const struct pg_answer *answer, struct db_served *out, struct err *err)
{
	/* clang-format off */
#define SERVED(column, kind_, field, ...) \
	{.name = (column), .kind = (kind_), .offset = offsetof(struct db_served, field), __VA_ARGS__}
	static const struct pg_column columns[] = {
		SERVED("now", PG_WALL, now, .flags = 0),
		SERVED("host_now", PG_WALL, host_now, .flags = 0),
		SERVED("quarantine_until", PG_WALL, quarantine_until, .flags = PG_NULL_OK),
		SERVED("reconciled_at", PG_WALL, reconciled_at, .flags = PG_NULL_OK, .has_offset = offsetof(struct db_served, reconciled)),
		SERVED("reconcile_asked_at", PG_WALL, reconcile_asked, .flags = PG_NULL_OK),
		SERVED("list_after", PG_WALL, list_after, .flags = 0),
		SERVED("http_timeout_ms", PG_I64, http_timeout_ms, .flags = 0),
		SERVED("lease_seconds", PG_I64, lease_seconds, .flags = 0),
		SERVED("unserved_seconds", PG_I64, unserved_seconds, .flags = 0),
		SERVED("reserve_seq", PG_I64, reserve_seq, .flags = 0),
		SERVED("installation", PG_UUID, installation, .flags = 0),
		SERVED("rewound", PG_BOOL, rewound, .flags = 0),
		{.name = NULL},
	};
	/* clang-format on */

	if (db_count(answer) == 0)
		return err_set(err, -EINVAL, "no row in broker_account");

	*out = (struct db_served){0};
	return pg_row_read(answer->results[0], 0, columns, out, err);
}

void db_reconciled(const struct db *db, const char *unasked, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_reconciled_stmt, (const char *const[]){db->account, unasked}, fn, owner);
}

void db_compared(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_compared_stmt, (const char *const[]){db->account}, fn, owner);
}

void db_rewound(const struct db *db, int64_t seen, pg_answer_fn *fn, void *owner)
{
	char number[DB_INTEGER];

	snprintf(number, sizeof(number), "%" PRId64, seen);
	db_ask(db, &db_rewound_stmt, (const char *const[]){db->account, number}, fn, owner);
}

void db_note(const struct db *db, const char *order, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_note_stmt, (const char *const[]){db->account, order}, fn, owner);
}

int db_noted(const struct pg_answer *answer, struct db_noted *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		{.name = "what", .kind = PG_TEXT, .offset = offsetof(struct db_noted, what)},
		{.name = "client_order_id", .kind = PG_TEXT, .offset = offsetof(struct db_noted, client_order_id)},
		{.name = NULL},
	};
	/* clang-format on */

	return pg_row_read(answer->results[0], 0, columns, out, err);
}

void db_symbols(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_symbols_stmt, (const char *const[]){db->account}, fn, owner);
}

void db_unserved(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_unserved_stmt, (const char *const[]){db->account}, fn, owner);
}

int db_unserved_order(
	const struct pg_answer *answer, size_t row, struct db_order *out, struct err *err)
{
	struct {
		struct uuid id;
		const char *from;
	} raw;
	/* clang-format off */
	const struct pg_column columns[] = {
		{.name = "id", .kind = PG_UUID, .offset = (size_t)((char *)&raw.id - (char *)&raw)},
		{.name = "from_status", .kind = PG_TEXT, .offset = (size_t)((char *)&raw.from - (char *)&raw)},
		{.name = NULL},
	};
	/* clang-format on */

	int r = pg_row_read(answer->results[0], (int)row, columns, &raw, err);
	if (r < 0)
		return r;

	*out = (struct db_order){.id = raw.id, .reason = "LIVE_NOT_ALLOWED"};
	snprintf(out->from, sizeof(out->from), "%s", raw.from);
	return 0;
}

void db_ledger(const struct db *db, const char *positions, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_ledger_stmt, (const char *const[]){db->account, positions}, fn, owner);
}

void db_trips(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &db_trips_stmt, (const char *const[]){db->account}, fn, owner);
}

int db_trip(const struct pg_answer *answer, size_t row, struct db_trip *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		{.name = "scope", .kind = PG_TEXT, .offset = offsetof(struct db_trip, scope)},
		{.name = "key", .kind = PG_TEXT, .offset = offsetof(struct db_trip, key)},
		{.name = "level", .kind = PG_TEXT, .offset = offsetof(struct db_trip, level)},
		{.name = "reason", .kind = PG_TEXT, .offset = offsetof(struct db_trip, reason)},
		{.name = NULL},
	};
	/* clang-format on */

	return pg_row_read(answer->results[0], (int)row, columns, out, err);
}
