/* db_row.c - see db.h: rows to structs, column by column. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/pgrow.h"
#include "evald/db.h"

size_t db_count(const struct pg_answer *answer)
{
	return (size_t)PQntuples(answer->results[0]);
}

static int read(const struct pg_answer *answer, size_t row, const struct pg_column columns[],
	void *out, struct err *err)
{
	return pg_row_read(answer->results[0], (int)row, columns, out, err);
}

/* An enum's value; an unknown word is a fault of the row. */
static int read_word(
	const char *const words[], const char *text, const char *what, int *out, struct err *err)
{
	int value = word_find(words, text);

	if (value < 0)
		return err_set(err, -EINVAL, "%s: unknown word %s", what, text);
	*out = value;
	return 0;
}

/* clang-format off */
#define COLUMN(type, column, kind_, field, ...) \
	{.name = (column), .kind = (kind_), .offset = offsetof(type, field), __VA_ARGS__}
#define NEEDED .flags = 0
#define MAY_BE_NULL .flags = PG_NULL_OK
#define END {.name = NULL}

/* clang-format on */

int db_now(const struct pg_answer *answer, struct wall *out, struct err *err)
{
	static const struct pg_column columns[] = {{.name = "now", .kind = PG_WALL}, END};

	if (db_count(answer) != 1)
		return err_set(err, -EINVAL, "clock_read: not one row");
	return read(answer, 0, columns, out, err);
}

int db_read_days(const struct pg_answer *answer, struct calendar_day **days_out, size_t *count_out,
	struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		COLUMN(struct calendar_day, "date", PG_DATE, date, NEEDED),
		COLUMN(struct calendar_day, "open", PG_WALL, open, NEEDED),
		COLUMN(struct calendar_day, "close", PG_WALL, close, NEEDED),
		COLUMN(struct calendar_day, "pre_open", PG_WALL, pre_open, NEEDED),
		COLUMN(struct calendar_day, "post_close", PG_WALL, post_close, NEEDED),
		END,
	};
	/* clang-format on */
	size_t count = db_count(answer);
	AUTO(alloc_free) struct calendar_day *days = alloc_array(count + 1, sizeof(*days));

	for (size_t i = 0; i < count; i++) {
		int r = read(answer, i, columns, &days[i], err);
		if (r < 0)
			return r;
	}
	*days_out = TAKE(days);
	*count_out = count;
	return 0;
}

/* A row of market_latest before its words are understood. */
struct market_texts {
	struct wall now;
	const char *symbol, *asset_class, *feed, *metric;
	struct observation row;
};

static int read_observation(
	const struct pg_answer *answer, size_t at, struct market_texts *texts, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		COLUMN(struct market_texts, "now", PG_WALL, now, NEEDED),
		COLUMN(struct market_texts, "snapshot_id", PG_I64, row.snapshot_id, NEEDED),
		COLUMN(struct market_texts, "symbol", PG_TEXT, symbol, NEEDED),
		COLUMN(struct market_texts, "asset_class", PG_TEXT, asset_class, NEEDED),
		COLUMN(struct market_texts, "feed", PG_TEXT, feed, NEEDED),
		COLUMN(struct market_texts, "metric", PG_TEXT, metric, NEEDED),
		COLUMN(struct market_texts, "price", PG_NANO_NEAR, row.price, MAY_BE_NULL),
		COLUMN(struct market_texts, "open", PG_NANO_NEAR, row.open, MAY_BE_NULL),
		COLUMN(struct market_texts, "high", PG_NANO_NEAR, row.high, MAY_BE_NULL),
		COLUMN(struct market_texts, "low", PG_NANO_NEAR, row.low, MAY_BE_NULL),
		COLUMN(struct market_texts, "bid", PG_NANO_NEAR, row.bid, MAY_BE_NULL),
		COLUMN(struct market_texts, "ask", PG_NANO_NEAR, row.ask, MAY_BE_NULL),
		COLUMN(struct market_texts, "as_of", PG_WALL, row.as_of, NEEDED),
		COLUMN(struct market_texts, "session_date", PG_DATE, row.session_date, MAY_BE_NULL),
		COLUMN(struct market_texts, "suspect", PG_BOOL, row.suspect, NEEDED),
		END,
	};
	/* clang-format on */
	struct observation *row = &texts->row;
	int asset_class;
	int feed;
	int metric;

	int r = read(answer, at, columns, texts, err);
	if (r < 0)
		return r;
	r = read_word(asset_class_words, texts->asset_class, "asset_class", &asset_class, err);
	if (r == 0)
		r = read_word(feed_words, texts->feed, "feed", &feed, err);
	if (r == 0)
		r = read_word(market_metric_words, texts->metric, "metric", &metric, err);
	if (r < 0)
		return r;
	if (strlen(texts->symbol) >= sizeof(row->symbol.text))
		return err_set(err, -EINVAL, "symbol: too long");

	memcpy(row->symbol.text, texts->symbol, strlen(texts->symbol) + 1);
	row->asset_class = (enum asset_class)asset_class;
	row->feed = (enum feed)feed;
	row->metric = (enum market_metric)metric;
	return 0;
}

int db_observation(const struct pg_answer *answer, size_t at, struct observation *out,
	struct wall *now_out, struct err *err)
{
	struct market_texts texts = {0};

	int r = read_observation(answer, at, &texts, err);
	if (r < 0) {
		err_prefix(err, "%s %s", texts.symbol != NULL ? texts.symbol : "?",
			texts.metric != NULL ? texts.metric : "?");
		return r;
	}
	*out = texts.row;
	*now_out = texts.now;
	return 0;
}

struct state_texts {
	struct state_row row;
	bool has_as_of;
	const char *last_decision, *halt_level;
};

int db_state(const struct pg_answer *answer, size_t at, struct state_row *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		COLUMN(struct state_texts, "firebase_uid", PG_TEXT, row.uid, NEEDED),
		COLUMN(struct state_texts, "rule_id", PG_TEXT, row.rule_id, NEEDED),
		COLUMN(struct state_texts, "symbol", PG_TEXT, row.symbol, NEEDED),
		COLUMN(struct state_texts, "awaiting", PG_BOOL, row.state.awaiting, NEEDED),
		COLUMN(struct state_texts, "last_as_of", PG_WALL, row.state.last_as_of, MAY_BE_NULL, .has_offset = offsetof(struct state_texts, has_as_of)),
		COLUMN(struct state_texts, "last_asked_at", PG_WALL, row.state.last_asked_at, MAY_BE_NULL),
		COLUMN(struct state_texts, "fires_today", PG_I64, row.state.fires_today, NEEDED),
		COLUMN(struct state_texts, "last_decision", PG_TEXT, last_decision, MAY_BE_NULL),
		COLUMN(struct state_texts, "last_answered_at", PG_WALL, row.state.last_answered_at, MAY_BE_NULL),
		COLUMN(struct state_texts, "open_questions", PG_I64, row.state.open_questions, NEEDED),
		COLUMN(struct state_texts, "questions_today", PG_I64, row.state.questions_today, NEEDED),
		COLUMN(struct state_texts, "halt_level", PG_TEXT, halt_level, MAY_BE_NULL),
		COLUMN(struct state_texts, "orders_today", PG_I64, row.state.orders_today, NEEDED),
		COLUMN(struct state_texts, "skips_in_row", PG_I64, row.state.skips_in_row, NEEDED),
		COLUMN(struct state_texts, "held_qty", PG_NANO, row.state.holding.held, NEEDED),
		COLUMN(struct state_texts, "free_qty", PG_NANO, row.state.holding.free, NEEDED),
		END,
	};
	/* clang-format on */
	struct state_texts texts = {0};
	int decision = BAND_NONE;
	int level = HALT_HALTED;

	int r = read(answer, at, columns, &texts, err);
	if (r == 0 && texts.last_decision != NULL)
		r = read_word(
			decision_band_words, texts.last_decision, "last_decision", &decision, err);
	/* No level is the strictest: a row that should be there is not. */
	if (r == 0 && texts.halt_level != NULL)
		r = read_word(halt_level_words, texts.halt_level, "halt_level", &level, err);
	if (r < 0)
		return r;
	texts.row.state.has_fired = texts.has_as_of;
	texts.row.state.last_decision = (enum decision_band)decision;
	texts.row.state.halt_level = (enum halt_level)level;
	*out = texts.row;
	return 0;
}

int db_guardrail(
	const struct pg_answer *answer, size_t row, struct guardrail_row *out, struct err *err)
{
	static const struct pg_column columns[] = {
		COLUMN(struct guardrail_row, "uid", PG_TEXT, uid, NEEDED),
		COLUMN(struct guardrail_row, "in_force", PG_TEXT, in_force, MAY_BE_NULL),
		END,
	};

	return read(answer, row, columns, out, err);
}

int db_outcome(const struct pg_answer *answer, size_t row, struct outcome_row *out, struct err *err)
{
	static const struct pg_column columns[] = {
		COLUMN(struct outcome_row, "question_id", PG_UUID, id, NEEDED),
		COLUMN(struct outcome_row, "outcome", PG_TEXT, outcome, NEEDED),
		END,
	};

	return read(answer, row, columns, out, err);
}

int db_expired(
	const struct pg_answer *answer, size_t row, struct question_row *out, struct err *err)
{
	static const struct pg_column columns[] = {
		COLUMN(struct question_row, "id", PG_UUID, id, NEEDED),
		COLUMN(struct question_row, "firebase_uid", PG_TEXT, uid, NEEDED),
		COLUMN(struct question_row, "rule_id", PG_TEXT, rule_id, MAY_BE_NULL),
		END,
	};

	out->symbol = NULL;
	return read(answer, row, columns, out, err);
}

int db_open_question(
	const struct pg_answer *answer, size_t row, struct question_row *out, struct err *err)
{
	static const struct pg_column columns[] = {
		COLUMN(struct question_row, "id", PG_UUID, id, NEEDED),
		COLUMN(struct question_row, "firebase_uid", PG_TEXT, uid, NEEDED),
		COLUMN(struct question_row, "rule_id", PG_TEXT, rule_id, NEEDED),
		COLUMN(struct question_row, "symbol", PG_TEXT, symbol, NEEDED),
		END,
	};

	return read(answer, row, columns, out, err);
}

int db_superseded(const struct pg_answer *answer, size_t row, struct uuid *out, struct err *err)
{
	static const struct pg_column columns[] = {{.name = "id", .kind = PG_UUID}, END};

	return read(answer, row, columns, out, err);
}

int db_owed(const struct pg_answer *answer, size_t row, struct owed *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		COLUMN(struct owed, "now", PG_WALL, now, NEEDED),
		COLUMN(struct owed, "question_id", PG_UUID, question_id, NEEDED),
		COLUMN(struct owed, "firebase_uid", PG_TEXT, uid, NEEDED),
		COLUMN(struct owed, "rule_id", PG_TEXT, rule_id, NEEDED),
		COLUMN(struct owed, "symbol", PG_TEXT, symbol, NEEDED),
		COLUMN(struct owed, "asset_class", PG_TEXT, asset_class, NEEDED),
		COLUMN(struct owed, "as_of", PG_WALL, as_of, NEEDED),
		COLUMN(struct owed, "chain_id", PG_UUID, chain_id, NEEDED),
		COLUMN(struct owed, "attempt", PG_I64, attempt, NEEDED),
		COLUMN(struct owed, "question_text", PG_TEXT, question_text, NEEDED),
		COLUMN(struct owed, "expires_at", PG_WALL, expires_at, NEEDED),
		COLUMN(struct owed, "source_tag", PG_TEXT, source_tag, NEEDED),
		COLUMN(struct owed, "config_version", PG_I64, config_version, MAY_BE_NULL),
		COLUMN(struct owed, "template_version", PG_I64, template_version, MAY_BE_NULL),
		COLUMN(struct owed, "mode", PG_TEXT, mode, NEEDED),
		COLUMN(struct owed, "broker_account", PG_TEXT, broker_account, NEEDED),
		COLUMN(struct owed, "metadata", PG_TEXT, metadata, NEEDED),
		COLUMN(struct owed, "proposal", PG_TEXT, proposal, MAY_BE_NULL),
		END,
	};
	/* clang-format on */

	return read(answer, row, columns, out, err);
}

/* A row of reasks_due before its words are understood. */
struct reask_texts {
	const char *uid, *rule_id, *symbol, *mode;
	struct reask row;
};

static int copy_texts(const struct reask_texts *texts, struct reask *out, struct err *err)
{
	if (strlen(texts->rule_id) >= sizeof(out->rule_id) ||
		strlen(texts->symbol) >= sizeof(out->symbol.text))
		return err_set(err, -EINVAL, "reasks_due: no rule or symbol of ours");
	memcpy(out->rule_id, texts->rule_id, strlen(texts->rule_id) + 1);
	memcpy(out->symbol.text, texts->symbol, strlen(texts->symbol) + 1);
	out->uid = alloc_text(texts->uid);
	return 0;
}

int db_reask(const struct pg_answer *answer, size_t row, struct reask *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		COLUMN(struct reask_texts, "firebase_uid", PG_TEXT, uid, NEEDED),
		COLUMN(struct reask_texts, "rule_id", PG_TEXT, rule_id, NEEDED),
		COLUMN(struct reask_texts, "symbol", PG_TEXT, symbol, NEEDED),
		COLUMN(struct reask_texts, "question_id", PG_UUID, row.question_id, NEEDED),
		COLUMN(struct reask_texts, "chain_id", PG_UUID, row.chain_id, NEEDED),
		COLUMN(struct reask_texts, "attempt", PG_I64, row.attempt, NEEDED),
		COLUMN(struct reask_texts, "as_of", PG_WALL, row.as_of, NEEDED),
		COLUMN(struct reask_texts, "price_asked", PG_NANO, row.price_asked, NEEDED),
		COLUMN(struct reask_texts, "mode", PG_TEXT, mode, NEEDED),
		END,
	};
	/* clang-format on */
	struct reask_texts texts = {0};
	int mode;

	int r = read(answer, row, columns, &texts, err);
	if (r == 0)
		r = read_word(trading_mode_words, texts.mode, "mode", &mode, err);
	if (r < 0)
		return r;
	texts.row.mode = (enum trading_mode)mode;
	*out = texts.row;
	return copy_texts(&texts, out, err);
}

int db_notice(const struct pg_answer *answer, size_t row, struct notice_due *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		COLUMN(struct notice_due, "now", PG_WALL, now, NEEDED),
		COLUMN(struct notice_due, "firebase_uid", PG_TEXT, uid, NEEDED),
		COLUMN(struct notice_due, "subject", PG_TEXT, subject, NEEDED),
		COLUMN(struct notice_due, "state", PG_TEXT, state, NEEDED),
		COLUMN(struct notice_due, "rule_id", PG_TEXT, rule_id, MAY_BE_NULL),
		COLUMN(struct notice_due, "symbol", PG_TEXT, symbol, NEEDED),
		COLUMN(struct notice_due, "reason", PG_TEXT, reason, MAY_BE_NULL),
		COLUMN(struct notice_due, "detail", PG_TEXT, detail, MAY_BE_NULL),
		COLUMN(struct notice_due, "side", PG_TEXT, side, NEEDED),
		COLUMN(struct notice_due, "filled_qty", PG_TEXT, filled_qty, NEEDED),
		END,
	};
	/* clang-format on */

	return read(answer, row, columns, out, err);
}

int db_closed_question(
	const struct pg_answer *answer, size_t row, struct closed_row *out, struct err *err)
{
	/* clang-format off */
	static const struct pg_column columns[] = {
		COLUMN(struct closed_row, "id", PG_UUID, id, NEEDED),
		COLUMN(struct closed_row, "firebase_uid", PG_TEXT, uid, NEEDED),
		COLUMN(struct closed_row, "rule_id", PG_TEXT, rule_id, MAY_BE_NULL),
		COLUMN(struct closed_row, "symbol", PG_TEXT, symbol, MAY_BE_NULL),
		COLUMN(struct closed_row, "status", PG_TEXT, status, NEEDED),
		COLUMN(struct closed_row, "decision", PG_TEXT, decision, MAY_BE_NULL),
		COLUMN(struct closed_row, "reason", PG_TEXT, reason, MAY_BE_NULL),
		END,
	};
	/* clang-format on */

	return read(answer, row, columns, out, err);
}
