/* db.c - see db.h. */
#include "evald/db.h"

#include "common/trading/led.h"
#include "common/trading/roster.h"
#include "common/trading/schema.h"

/* clang-format off */
static const struct pg_stmt CLOCK = {"clock_read", 0, "select now from clock_read()"};
static const struct pg_stmt DAYS = {"market_days", 0, "select date, open, close, pre_open, post_close from market_days((clock_now() at time zone 'UTC')::date - 15, (clock_now() at time zone 'UTC')::date + 15) order by date"};
static const struct pg_stmt MARKET = {"market_latest", 1, "select * from market_latest($1::text[])"};
static const struct pg_stmt STATES = {"instance_states", 2, "select * from instance_states($1::jsonb, $2::text)"};
static const struct pg_stmt GUARDRAILS = {"guardrails", 1, "select uid, guardrails_in_force(uid)::text as in_force from jsonb_array_elements_text($1::jsonb) as uid"};
static const struct pg_stmt COMMIT = {"eval_commit", 1, "select question_id, outcome from eval_commit($1::jsonb)"};
static const struct pg_stmt EXPIRE = {"question_expire", 0, "select id, firebase_uid, rule_id from question_expire()"};
static const struct pg_stmt OPEN = {"open_questions", 0, "select id, firebase_uid, rule_id, symbol from open_trading_questions()"};
static const struct pg_stmt SUPERSEDE = {"question_supersede", 1, "select id from question_supersede($1::uuid[])"};
static const struct pg_stmt FOLLOW_UPS = {"follow_ups_due", 0, "select * from follow_ups_due()"};
static const struct pg_stmt REASKS = {"reasks_due", 0, "select * from reasks_due()"};
static const struct pg_stmt OWED_END = {"owed_end", 1, "select id from owed_end($1::uuid[])"};
static const struct pg_stmt NOTICES = {"notices_due", 0, "select now, firebase_uid, subject, state, rule_id, symbol, reason, detail::text as detail, side, filled_qty from notices_due()"};
static const struct pg_stmt CLOSED = {"closed_question", 1, "select q.id, q.firebase_uid, p.rule_id, p.symbol, q.status, q.decision, q.reason from questions q left join trade_proposals p on p.question_id = q.id where q.id = $1::uuid and q.pipeline_key = 'trading'"};
/* clang-format on */

const struct pg_stmt *const evald_statements[] = {&schema_statement, &roster_statement,
	&led_statement, &CLOCK, &DAYS, &MARKET, &STATES, &GUARDRAILS, &COMMIT, &EXPIRE, &OPEN,
	&SUPERSEDE, &FOLLOW_UPS, &REASKS, &OWED_END, &NOTICES, &CLOSED, NULL};

enum {
	DEADLINE_SEC = 5,
};

static void ask(
	struct pg *pg, const struct pg_stmt *stmt, const char *param, pg_answer_fn *fn, void *owner)
{
	pg_ask(pg, stmt, (const char *const[]){param}, span_sec(DEADLINE_SEC), fn, owner);
}

void db_clock(struct pg *pg, pg_answer_fn *fn, void *owner)
{
	ask(pg, &CLOCK, NULL, fn, owner);
}

void db_days(struct pg *pg, pg_answer_fn *fn, void *owner)
{
	ask(pg, &DAYS, NULL, fn, owner);
}

void db_market(struct pg *pg, const char *symbols, pg_answer_fn *fn, void *owner)
{
	ask(pg, &MARKET, symbols, fn, owner);
}

void db_states(struct pg *pg, const char *keys, const char *account, pg_answer_fn *fn, void *owner)
{
	pg_ask(pg, &STATES, (const char *const[]){keys, account}, span_sec(DEADLINE_SEC), fn,
		owner);
}

void db_guardrails(struct pg *pg, const char *uids, pg_answer_fn *fn, void *owner)
{
	ask(pg, &GUARDRAILS, uids, fn, owner);
}

void db_commit(struct pg *pg, const char *batch, pg_answer_fn *fn, void *owner)
{
	ask(pg, &COMMIT, batch, fn, owner);
}

void db_expire(struct pg *pg, pg_answer_fn *fn, void *owner)
{
	ask(pg, &EXPIRE, NULL, fn, owner);
}

void db_open(struct pg *pg, pg_answer_fn *fn, void *owner)
{
	ask(pg, &OPEN, NULL, fn, owner);
}

void db_supersede(struct pg *pg, const char *ids, pg_answer_fn *fn, void *owner)
{
	ask(pg, &SUPERSEDE, ids, fn, owner);
}

void db_follow_ups(struct pg *pg, pg_answer_fn *fn, void *owner)
{
	ask(pg, &FOLLOW_UPS, NULL, fn, owner);
}

void db_reasks(struct pg *pg, pg_answer_fn *fn, void *owner)
{
	ask(pg, &REASKS, NULL, fn, owner);
}

void db_owed_end(struct pg *pg, const char *ids, pg_answer_fn *fn, void *owner)
{
	ask(pg, &OWED_END, ids, fn, owner);
}

void db_notices(struct pg *pg, pg_answer_fn *fn, void *owner)
{
	ask(pg, &NOTICES, NULL, fn, owner);
}

void db_closed(struct pg *pg, const char *id, pg_answer_fn *fn, void *owner)
{
	ask(pg, &CLOSED, id, fn, owner);
}
