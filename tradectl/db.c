/* db.c - see db.h. */
#include "tradectl/db.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/sys/failpoint.h"
#include "common/sys/pgrow.h"
#include "common/trading/schema.h"
#include "tradectl/db_own.h"
#include "tradectl/fake.h"

enum {
	DEADLINE_SEC = 5,
};

/* clang-format off */
static const struct pg_stmt CLAIM = {"claim", 4, "select * from order_claim($1, $2, $3::timestamptz, $4::uuid)"};
static const struct pg_stmt BEGIN_SEND = {"begin_send", 3, "select order_begin_send($1::uuid, $2::bigint, $3)"};
static const struct pg_stmt NOT_SENT = {"not_sent", 3, "select order_not_sent($1::uuid, $2::bigint, $3)"};
static const struct pg_stmt ACCEPT = {"accept", 2, "select order_accept($1::uuid, $2::jsonb)"};
static const struct pg_stmt BLOCK = {"block", 4, "select order_block($1::uuid, $2::bigint, $3, $4::jsonb)"};
static const struct pg_stmt REFUSE = {"refuse", 5, "select order_refuse($1::uuid, $2::bigint, $3::int, $4, $5::jsonb)"};
static const struct pg_stmt UNKNOWN = {"unknown", 4, "select order_unknown($1::uuid, $2::bigint, $3, $4::jsonb)"};
static const struct pg_stmt QUARANTINE = {"quarantine", 3, "select order_quarantine($1::uuid, $2, $3::jsonb)"};
static const struct pg_stmt HALT = {"halt", 3, "select account_halt($1, $2, $3)"};
static const struct pg_stmt TAKE_OPEN = {"take_open", 2, "select * from order_take_open($1, $2)"};
static const struct pg_stmt MISSING = {"missing", 3, "select order_missing($1::uuid, $2::bigint, $3::jsonb)"};
static const struct pg_stmt RETRY_CHECK = {"retry_check", 3, "select order_retry_check($1::uuid, $2::bigint, $3)"};
static const struct pg_stmt POLL_DUE = {"poll_due", 2, "select * from order_poll_due($1, $2::int)"};
static const struct pg_stmt FOLLOW = {"follow", 2, "select order_follow($1::uuid, $2::jsonb)"};
static const struct pg_stmt EXPIRE = {"expire", 1, "select id from order_expire($1)"};
static const struct pg_stmt ORDERS_MATCH = {"orders_match", 2, "select * from orders_match($1, $2::jsonb)"};
static const struct pg_stmt OPEN_ORDERS = {"open_orders", 1, "select * from order_open($1)"};
static const struct pg_stmt MOVES = {"moves", 0, "select from_status, to_status, sentence from trade_order_moves"};
static const struct pg_stmt STATES = {"states", 1, "select status, count(*) as orders, extract(epoch from clock_now() - min(coalesce(unknown_since, reserved_at, approved_at)))::bigint as oldest_seconds from trade_orders where broker_account = $1 and status in ('approved', 'reserved', 'submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled', 'quarantined') group by status"};
/* clang-format on */

/* An autocommitted statement begins and commits by itself: before any of it has left, and when all of it has. */
FAILPOINT_ON("T02.claiming", "pg.unsent", "claim");
FAILPOINT_ON("T03.claim_sent", "pg.sent", "claim");
FAILPOINT_ON("T07.fence_sent", "pg.sent", "begin_send");
FAILPOINT_ON("T12.record_sent", "pg.sent", "accept");
FAILPOINT_ON("T12.record_sent", "pg.sent", "refuse");
FAILPOINT_ON("T12.record_sent", "pg.sent", "unknown");
FAILPOINT_ON("T12.record_sent", "pg.sent", "not_sent");

const struct pg_stmt *const tradectl_statements[] = {&schema_statement, &fake_statement,
	&fake_positions_statement, &CLAIM, &BEGIN_SEND, &NOT_SENT, &ACCEPT, &BLOCK, &REFUSE,
	&UNKNOWN, &QUARANTINE, &HALT, &TAKE_OPEN, &MISSING, &RETRY_CHECK, &POLL_DUE, &FOLLOW,
	&EXPIRE, &db_fill_stmt, &db_fills_shown_stmt, &db_poll_soon_stmt, &db_cancel_due_stmt,
	&db_cancel_answered_stmt, &db_cancel_pending_stmt, &db_serve_stmt, &db_reconciled_stmt,
	&db_compared_stmt, &db_rewound_stmt, &db_note_stmt, &db_symbols_stmt, &db_trips_stmt,
	&db_ledger_stmt, &db_unserved_stmt, &db_gauges_stmt, &ORDERS_MATCH, &OPEN_ORDERS, &MOVES,
	&STATES, NULL};

/* A row before its texts are copied out of the result. */
struct raw {
	struct uuid id;
	const char *status, *from, *reason, *broker_id, *client_order_id, *symbol, *side,
		*order_type, *time_in_force, *approved_at;
	int64_t fence, attempt, post_age_ms, reserve_seq;
	struct cash notional;
	struct qty qty;
	struct price limit_price;
	bool has_notional, has_qty, has_limit_price, extended_hours;
};

/* clang-format off */
#define RAW(column, kind_, field, ...) \
	{.name = (column), .kind = (kind_), .offset = offsetof(struct raw, field), __VA_ARGS__}
#define OPTIONAL(flag) .flags = PG_NULL_OK, .has_offset = offsetof(struct raw, flag)
#define TERMS                                                                              \
	RAW("client_order_id", PG_TEXT, client_order_id, .flags = PG_NULL_OK),             \
	RAW("symbol", PG_TEXT, symbol, .flags = PG_NULL_OK),                               \
	RAW("side", PG_TEXT, side, .flags = PG_NULL_OK),                                   \
	RAW("order_type", PG_TEXT, order_type, .flags = PG_NULL_OK),                       \
	RAW("time_in_force", PG_TEXT, time_in_force, .flags = PG_NULL_OK),                 \
	RAW("notional_usd", PG_NANO, notional, OPTIONAL(has_notional)),                    \
	RAW("qty", PG_NANO, qty, OPTIONAL(has_qty)),                                       \
	RAW("limit_price", PG_NANO, limit_price, OPTIONAL(has_limit_price)),               \
	RAW("extended_hours", PG_BOOL, extended_hours, .flags = PG_NULL_OK)

static const struct pg_column claim_columns[] = {
	RAW("outcome", PG_TEXT, status, .flags = 0),
	RAW("from_status", PG_TEXT, from, .flags = 0),
	RAW("reason", PG_TEXT, reason, .flags = PG_NULL_OK),
	RAW("id", PG_UUID, id, .flags = 0),
	RAW("fence", PG_I64, fence, .flags = PG_NULL_OK),
	RAW("attempt", PG_I64, attempt, .flags = PG_NULL_OK),
	RAW("reserve_seq", PG_I64, reserve_seq, .flags = PG_NULL_OK),
	RAW("approved_at", PG_TEXT, approved_at, .flags = 0),
	TERMS,
	{.name = NULL},
};

static const struct pg_column take_columns[] = {
	RAW("status", PG_TEXT, status, .flags = 0),
	RAW("id", PG_UUID, id, .flags = 0),
	RAW("fence", PG_I64, fence, .flags = 0),
	RAW("attempt", PG_I64, attempt, .flags = 0),
	RAW("post_age_ms", PG_I64, post_age_ms, .flags = PG_NULL_OK),
	TERMS,
	{.name = NULL},
};

static const struct pg_column open_columns[] = {
	RAW("status", PG_TEXT, status, .flags = 0),
	RAW("id", PG_UUID, id, .flags = 0),
	RAW("alpaca_order_id", PG_TEXT, broker_id, .flags = PG_NULL_OK),
	TERMS,
	{.name = NULL},
};

static const struct pg_column match_columns[] = {
	RAW("status", PG_TEXT, status, .flags = 0),
	RAW("id", PG_UUID, id, .flags = PG_NULL_OK),
	RAW("alpaca_order_id", PG_TEXT, broker_id, .flags = PG_NULL_OK),
	TERMS,
	{.name = NULL},
};

/* clang-format on */

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static int order_read(const struct pg_answer *answer, size_t row, const struct pg_column columns[],
	struct db_order *out, struct err *err)
{
	struct raw raw = {0};

	int r = pg_row_read(answer->results[0], (int)row, columns, &raw, err);
	if (r < 0)
		return r;

	*out = (struct db_order){.id = raw.id,
		.fence = raw.fence,
		.attempt = raw.attempt,
		.post_age_ms = raw.post_age_ms,
		.reserve_seq = raw.reserve_seq,
		.terms = {.has_notional = raw.has_notional,
			.has_qty = raw.has_qty,
			.has_limit_price = raw.has_limit_price,
			.notional = raw.notional,
			.qty = raw.qty,
			.limit_price = raw.limit_price,
			.extended_hours = raw.extended_hours}};
	copy(out->status, sizeof(out->status), raw.status);
	copy(out->from, sizeof(out->from), raw.from);
	copy(out->reason, sizeof(out->reason), raw.reason);
	copy(out->broker_id, sizeof(out->broker_id), raw.broker_id);
	copy(out->approved_at, sizeof(out->approved_at), raw.approved_at);
	copy(out->terms.client_order_id, TERMS_ID, raw.client_order_id);
	copy(out->terms.symbol, TERMS_SYMBOL, raw.symbol);
	copy(out->terms.side, TERMS_WORD, raw.side);
	copy(out->terms.order_type, TERMS_WORD, raw.order_type);
	copy(out->terms.time_in_force, TERMS_WORD, raw.time_in_force);
	return 0;
}

size_t db_count(const struct pg_answer *answer)
{
	return answer->count == 0 ? 0 : (size_t)PQntuples(answer->results[0]);
}

static int first_order(const struct pg_answer *answer, const struct pg_column columns[],
	struct db_order *out, struct err *err)
{
	if (db_count(answer) == 0)
		return 0;

	int r = order_read(answer, 0, columns, out, err);
	return r < 0 ? r : 1;
}

void db_ask(const struct db *db, const struct pg_stmt *stmt, const char *const params[],
	pg_answer_fn *fn, void *owner)
{
	pg_ask(db->work, stmt, params, span_sec(DEADLINE_SEC), fn, owner);
}

void db_claim(const struct db *db, const struct db_place *after, pg_answer_fn *fn, void *owner)
{
	bool from_start = after->approved_at[0] == '\0';
	char id[UUID_TEXT];

	uuid_write(after->id, id);
	db_ask(db, &CLAIM,
		(const char *const[]){db->account, db->worker,
			from_start ? NULL : after->approved_at, from_start ? NULL : id},
		fn, owner);
}

int db_claimed(const struct pg_answer *answer, struct db_order *out, struct err *err)
{
	return first_order(answer, claim_columns, out, err);
}

int db_claim_key(const struct pg_answer *answer, struct db_order *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		RAW("outcome", PG_TEXT, status, .flags = 0),
		RAW("from_status", PG_TEXT, from, .flags = 0),
		RAW("id", PG_UUID, id, .flags = 0),
		RAW("fence", PG_I64, fence, .flags = 0),
		RAW("client_order_id", PG_TEXT, client_order_id, .flags = 0),
		{.name = NULL},
	};
	/* clang-format on */

	return order_read(answer, 0, columns, out, err);
}

void db_take_open(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &TAKE_OPEN, (const char *const[]){db->account, db->worker}, fn, owner);
}

int db_taken(const struct pg_answer *answer, struct db_order *out, struct err *err)
{
	return first_order(answer, take_columns, out, err);
}

void db_open_orders(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &OPEN_ORDERS, (const char *const[]){db->account}, fn, owner);
}

int db_open_order(const struct pg_answer *answer, size_t row, struct db_order *out, struct err *err)
{
	return order_read(answer, row, open_columns, out, err);
}

void db_match(const struct db *db, const char *list, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &ORDERS_MATCH, (const char *const[]){db->account, list}, fn, owner);
}

int db_matched(const struct pg_answer *answer, size_t row, struct db_order *out, struct err *err)
{
	return order_read(answer, row, match_columns, out, err);
}

void db_poll_due(const struct db *db, pg_answer_fn *fn, void *owner)
{
	char limit[DB_INTEGER];

	snprintf(limit, sizeof(limit), "%d", DB_POLLED_AT_ONCE);
	db_ask(db, &POLL_DUE, (const char *const[]){db->account, limit}, fn, owner);
}

int db_poll_order(const struct pg_answer *answer, size_t row, struct db_order *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		RAW("status", PG_TEXT, status, .flags = 0),
		RAW("id", PG_UUID, id, .flags = 0),
		RAW("alpaca_order_id", PG_TEXT, broker_id, .flags = 0),
		RAW("client_order_id", PG_TEXT, client_order_id, .flags = 0),
		{.name = NULL},
	};
	/* clang-format on */

	return order_read(answer, row, columns, out, err);
}

void db_expire(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &EXPIRE, (const char *const[]){db->account}, fn, owner);
}

int db_expired(const struct pg_answer *answer, size_t row, struct uuid *id_out, struct err *err)
{
	static const struct pg_column columns[] = {{.name = "id", .kind = PG_UUID}, {.name = NULL}};

	return pg_row_read(answer->results[0], (int)row, columns, id_out, err);
}

void db_halt(
	const struct db *db, const char *level, const char *reason, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &HALT, (const char *const[]){db->account, level, reason}, fn, owner);
}

void db_moves(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &MOVES, NULL, fn, owner);
}

int db_move(const struct pg_answer *answer, size_t row, struct db_move *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		{.name = "from_status", .kind = PG_TEXT, .flags = PG_NULL_OK, .offset = offsetof(struct db_move, from)},
		{.name = "to_status", .kind = PG_TEXT, .offset = offsetof(struct db_move, to)},
		{.name = "sentence", .kind = PG_TEXT, .offset = offsetof(struct db_move, sentence)},
		{.name = NULL},
	};
	/* clang-format on */

	return pg_row_read(answer->results[0], (int)row, columns, out, err);
}

void db_states(const struct db *db, pg_answer_fn *fn, void *owner)
{
	db_ask(db, &STATES, (const char *const[]){db->account}, fn, owner);
}

int db_state(const struct pg_answer *answer, size_t row, struct db_state *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		{.name = "status", .kind = PG_TEXT, .offset = offsetof(struct db_state, status)},
		{.name = "orders", .kind = PG_I64, .offset = offsetof(struct db_state, orders)},
		{.name = "oldest_seconds", .kind = PG_I64, .flags = PG_NULL_OK, .offset = offsetof(struct db_state, oldest_seconds)},
		{.name = NULL},
	};
	/* clang-format on */

	return pg_row_read(answer->results[0], (int)row, columns, out, err);
}

enum field {
	ID,
	FENCE,
	STATUS,
	WHY,
	DETAIL,
	FIELDS,
};

/* clang-format off */
static const struct {
	const struct pg_stmt *stmt;
	enum field params[FIELDS];
} writes[] = {
	[DB_NOT_SENT] = {&NOT_SENT, {ID, FENCE, WHY}},
	[DB_ACCEPT] = {&ACCEPT, {ID, DETAIL}},
	[DB_BLOCK] = {&BLOCK, {ID, FENCE, WHY, DETAIL}},
	[DB_REFUSE] = {&REFUSE, {ID, FENCE, STATUS, WHY, DETAIL}},
	[DB_UNKNOWN] = {&UNKNOWN, {ID, FENCE, WHY, DETAIL}},
	[DB_QUARANTINE] = {&QUARANTINE, {ID, WHY, DETAIL}},
	[DB_MISSING] = {&MISSING, {ID, FENCE, DETAIL}},
	[DB_RETRY_CHECK] = {&RETRY_CHECK, {ID, FENCE, WHY}},
	[DB_FOLLOW] = {&FOLLOW, {ID, DETAIL}},
};

/* clang-format on */

void db_write(const struct db *db, const struct db_fact *fact, pg_answer_fn *fn, void *owner)
{
	char id[UUID_TEXT], fence[DB_INTEGER], status[DB_INTEGER];
	const char *fields[FIELDS] = {[ID] = id,
		[FENCE] = fence,
		[STATUS] = status,
		[WHY] = fact->why,
		[DETAIL] = fact->detail};
	const char *params[FIELDS];

	uuid_write(fact->id, id);
	snprintf(fence, sizeof(fence), "%" PRId64, fact->fence);
	snprintf(status, sizeof(status), "%d", fact->http_status);
	for (size_t i = 0; i < FIELDS; i++)
		params[i] = fields[writes[fact->record].params[i]];
	db_ask(db, writes[fact->record].stmt, params, fn, owner);
}

const char *db_text(const struct pg_answer *answer)
{
	return db_count(answer) == 0 ? "" : PQgetvalue(answer->results[0], 0, 0);
}

const char *db_cell(const struct pg_answer *answer, size_t row)
{
	return PQgetvalue(answer->results[0], (int)row, 0);
}

char *db_begin_send(const struct db *db, struct uuid id, int64_t fence, struct span budget,
	void (*meanwhile)(void *owner), void *owner)
{
	char id_text[UUID_TEXT], fence_text[DB_INTEGER];
	char *text = NULL;

	uuid_write(id, id_text);
	snprintf(fence_text, sizeof(fence_text), "%" PRId64, fence);
	const char *const params[] = {id_text, fence_text, db->worker};
	if (pg_commit_now(db->fence, &BEGIN_SEND, params, budget, meanwhile, owner, &text) !=
		PG_NOW_COMMITTED)
		return NULL;
	return text;
}
