/*
 * db.h - every statement that evald sends, and its rows as structs. evald's role writes through SQL functions only:
 * what must hold when two sessions meet is checked there again.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/clock.h"
#include "common/sys/err.h"
#include "common/sys/pg.h"
#include "common/sys/uuid.h"
#include "common/trading/calendar.h"
#include "common/trading/decision.h"
#include "common/trading/market.h"
#include "evald/ask.h"
#include "evald/notice.h"

/* All statements, NULL-terminated: a test prepares each against a fresh schema. */
extern const struct pg_stmt *const evald_statements[];

/* Rows of the answer's only result. */
size_t db_count(const struct pg_answer *answer);

/* clock_read. */
void db_clock(struct pg *pg, pg_answer_fn *fn, void *owner);
int db_now(const struct pg_answer *answer, struct wall *out, struct err *err) MUST_CHECK;

/* market_days of the weeks around today; the caller frees *days_out. */
void db_days(struct pg *pg, pg_answer_fn *fn, void *owner);
int db_read_days(const struct pg_answer *answer, struct calendar_day **days_out, size_t *count_out,
	struct err *err) MUST_CHECK;

/* market_latest of the symbols (the text of an array), and the time of that reading. */
void db_market(struct pg *pg, const char *symbols, pg_answer_fn *fn, void *owner);
/* One of its rows. Prices are rounded to nine places; one that does not fit makes the row unreadable, and err names it. */
int db_observation(const struct pg_answer *answer, size_t row, struct observation *out,
	struct wall *now_out, struct err *err) MUST_CHECK;

/* instance_states of the keys (jsonb text), on the account; NULL: on that of each one's mode. */
struct state_row {
	const char *uid, *rule_id, *symbol; /* point into the result */
	struct instance_state state;
};

void db_states(struct pg *pg, const char *keys, const char *account, pg_answer_fn *fn, void *owner);
int db_state(const struct pg_answer *answer, size_t row, struct state_row *out,
	struct err *err) MUST_CHECK;

/* guardrails_in_force of each uid in the list (jsonb text: an array of texts); in_force points into the result. */
struct guardrail_row {
	const char *uid, *in_force;
};

void db_guardrails(struct pg *pg, const char *uids, pg_answer_fn *fn, void *owner);
int db_guardrail(const struct pg_answer *answer, size_t row, struct guardrail_row *out,
	struct err *err) MUST_CHECK;

/* eval_commit; outcome points into the result. */
struct outcome_row {
	struct uuid id;
	const char *outcome; /* asked, exists, or a reason */
};

void db_commit(struct pg *pg, const char *batch, pg_answer_fn *fn, void *owner);
int db_outcome(const struct pg_answer *answer, size_t row, struct outcome_row *out,
	struct err *err) MUST_CHECK;

/* question_expire, question_supersede and open_trading_questions. Texts point into the result, NULL where none. */
struct question_row {
	struct uuid id;
	const char *uid, *rule_id, *symbol;
};

void db_expire(struct pg *pg, pg_answer_fn *fn, void *owner);
int db_expired(const struct pg_answer *answer, size_t row, struct question_row *out,
	struct err *err) MUST_CHECK;
void db_open(struct pg *pg, pg_answer_fn *fn, void *owner);
int db_open_question(const struct pg_answer *answer, size_t row, struct question_row *out,
	struct err *err) MUST_CHECK;
/* ids: the text of an array. */
void db_supersede(struct pg *pg, const char *ids, pg_answer_fn *fn, void *owner);
int db_superseded(
	const struct pg_answer *answer, size_t row, struct uuid *out, struct err *err) MUST_CHECK;

/* follow_ups_due and notices_due. */
void db_follow_ups(struct pg *pg, pg_answer_fn *fn, void *owner);
int db_owed(
	const struct pg_answer *answer, size_t row, struct owed *out, struct err *err) MUST_CHECK;
/* reasks_due; out->uid is a copy that the caller frees (alloc_free). */
void db_reasks(struct pg *pg, pg_answer_fn *fn, void *owner);
int db_reask(
	const struct pg_answer *answer, size_t row, struct reask *out, struct err *err) MUST_CHECK;
/* owed_end of the ids (the text of an array): one row each that it ended, read by db_superseded. */
void db_owed_end(struct pg *pg, const char *ids, pg_answer_fn *fn, void *owner);
void db_notices(struct pg *pg, pg_answer_fn *fn, void *owner);
int db_notice(const struct pg_answer *answer, size_t row, struct notice_due *out,
	struct err *err) MUST_CHECK;

/* A trading question as it was closed, for the log; no row when it is none of ours. */
struct closed_row {
	struct uuid id;
	const char *uid, *rule_id, *symbol, *status, *decision, *reason; /* NULL where none */
};

void db_closed(struct pg *pg, const char *id, pg_answer_fn *fn, void *owner);
int db_closed_question(const struct pg_answer *answer, size_t row, struct closed_row *out,
	struct err *err) MUST_CHECK;
