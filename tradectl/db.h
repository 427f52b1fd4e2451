/*
 * db.h - every statement that tradectl sends, and its rows as structs. All are calls of SQL functions: the role cannot
 * move an order in any other way. One autocommitted statement a step on the work session, never BEGIN: a lock held there
 * while the last fence blocks the loop would be a deadlock that Postgres cannot see.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/err.h"
#include "common/sys/pg.h"
#include "common/sys/uuid.h"
#include "tradectl/terms.h"

enum {
	DB_STATUS = 24,
	DB_TIME = 40,
	DB_REASON = 64,
	DB_BROKER_ID = 64,
	DB_POLLED_AT_ONCE = 10,
};

/* All statements, NULL-terminated: a test prepares each against a fresh schema. */
extern const struct pg_stmt *const tradectl_statements[];

struct db {
	struct pg *work;     /* LISTEN and asks */
	struct pg *fence;    /* order_begin_send only */
	const char *account; /* broker_account.account */
	const char *worker;
};

/* An order as a claim, a take or a list shows it. */
struct db_order {
	struct uuid id;
	char status[DB_STATUS];	      /* reserved, blocked or expired of a claim; else its status */
	char from[DB_STATUS];	      /* of a claim: what it was before */
	char reason[DB_REASON];	      /* of a claim that was blocked */
	char broker_id[DB_BROKER_ID]; /* alpaca_order_id, "" when there is none yet */
	int64_t fence, attempt;
	int64_t post_age_ms;	   /* since the last POST, of a taken order */
	int64_t reserve_seq;	   /* of a claim: the number of its reservation */
	char approved_at[DB_TIME]; /* of a claim */
	struct terms terms;
};

/* Where in the line of approvals to go on: behind this one. approved_at "" = from the start. */
struct db_place {
	char approved_at[DB_TIME];
	struct uuid id;
};

/* broker_account as it stands. */
struct db_served {
	struct wall now;
	struct wall host_now;	      /* the server's own clock, which tests do not step */
	struct wall quarantine_until; /* us 0 = none */
	struct wall reconcile_asked;  /* us 0 = never */
	struct wall list_after;	      /* from when on the broker's orders must be listed */
	int64_t http_timeout_ms, lease_seconds, reserve_seq, unserved_seconds;
	struct uuid installation;
	struct wall reconciled_at;
	bool reconciled;
	bool rewound; /* by this very call: the server is on another timeline */
};

/* order_claim: at most one order, behind this place. 1, 0, or -EINVAL. */
void db_claim(const struct db *db, const struct db_place *after, pg_answer_fn *fn, void *owner);
int db_claimed(const struct pg_answer *answer, struct db_order *out, struct err *err) MUST_CHECK;
/* Of a claim whose terms cannot be read: which order it is. 0 or -EINVAL. */
int db_claim_key(const struct pg_answer *answer, struct db_order *out, struct err *err) MUST_CHECK;

/* order_take_open: at most one order. 1, 0, or -EINVAL. */
void db_take_open(const struct db *db, pg_answer_fn *fn, void *owner);
int db_taken(const struct pg_answer *answer, struct db_order *out, struct err *err) MUST_CHECK;

/* Lists; the count comes from db_count. */
void db_open_orders(const struct db *db, pg_answer_fn *fn, void *owner);
int db_open_order(const struct pg_answer *answer, size_t row, struct db_order *out,
	struct err *err) MUST_CHECK;
void db_poll_due(const struct db *db, pg_answer_fn *fn, void *owner);
int db_poll_order(const struct pg_answer *answer, size_t row, struct db_order *out,
	struct err *err) MUST_CHECK;
void db_expire(const struct db *db, pg_answer_fn *fn, void *owner);
int db_expired(const struct pg_answer *answer, size_t row, struct uuid *id_out,
	struct err *err) MUST_CHECK;
size_t db_count(const struct pg_answer *answer);

/* trouble: why nothing is sent (trouble.h), NULL = all is well. */
void db_serve(const struct db *db, const char *trouble, const char *trouble_text, pg_answer_fn *fn,
	void *owner);
int db_serving(const struct pg_answer *answer, struct db_served *out, struct err *err) MUST_CHECK;
/* unasked: JSON [{what, why}]. */
void db_reconciled(const struct db *db, const char *unasked, pg_answer_fn *fn, void *owner);
/* broker_compared: a list beside that. */
void db_compared(const struct db *db, pg_answer_fn *fn, void *owner);
/* broker_rewound: `t` when it made a difference. */
void db_rewound(const struct db *db, int64_t seen, pg_answer_fn *fn, void *owner);

/* account_halt: a trip, never lowers. */
void db_halt(
	const struct db *db, const char *level, const char *reason, pg_answer_fn *fn, void *owner);

/* orders_match: what is new in a list (JSON array of echo_json). status also `foreign` and `unexplained`, which have no id
 * and no terms. */
void db_match(const struct db *db, const char *list, pg_answer_fn *fn, void *owner);
int db_matched(const struct pg_answer *answer, size_t row, struct db_order *out,
	struct err *err) MUST_CHECK;

/* orphan_note: what an order (echo_json) is that no accepted row explains. */
struct db_noted {
	const char *what;	     /* adopted, against, known, differs, foreign, orphan */
	const char *client_order_id; /* both point into the answer */
};

void db_note(const struct db *db, const char *order, pg_answer_fn *fn, void *owner);
int db_noted(const struct pg_answer *answer, struct db_noted *out, struct err *err) MUST_CHECK;

/* order_symbols: one text a row. */
void db_symbols(const struct db *db, pg_answer_fn *fn, void *owner);

/* ledger_compare: how many symbols are suspect now. */
void db_ledger(const struct db *db, const char *positions, pg_answer_fn *fn, void *owner);

/* order_unserved: live orders that were blocked now, with their id, from and reason. */
void db_unserved(const struct db *db, pg_answer_fn *fn, void *owner);
int db_unserved_order(const struct pg_answer *answer, size_t row, struct db_order *out,
	struct err *err) MUST_CHECK;

/* trips_owed: those made now. */
struct db_trip {
	const char *scope, *key, *level, *reason; /* point into the answer */
};

void db_trips(const struct db *db, pg_answer_fn *fn, void *owner);
int db_trip(const struct pg_answer *answer, size_t row, struct db_trip *out,
	struct err *err) MUST_CHECK;

/* What is only shown: four rows, one a scope; the queue's use stands in each. scope borrows from the answer. */
struct db_gauge {
	const char *scope;
	int64_t level; /* 0 active, 1 reducing, 2 halted */
	int64_t queue_use_ppm;
};

void db_gauges(const struct db *db, pg_answer_fn *fn, void *owner);
int db_gauge(const struct pg_answer *answer, size_t row, struct db_gauge *out,
	struct err *err) MUST_CHECK;

/* trade_order_moves. */
void db_moves(const struct db *db, pg_answer_fn *fn, void *owner);

struct db_move {
	const char *from, *to, *sentence; /* point into the answer; from is NULL at birth */
};

int db_move(const struct pg_answer *answer, size_t row, struct db_move *out,
	struct err *err) MUST_CHECK;

/* How many orders stand in each state that is not final, and the age of the oldest. */
void db_states(const struct db *db, pg_answer_fn *fn, void *owner);

struct db_state {
	const char *status; /* points into the answer */
	int64_t orders, oldest_seconds;
};

int db_state(const struct pg_answer *answer, size_t row, struct db_state *out,
	struct err *err) MUST_CHECK;

/* order_fill: an event of the broker's stream, as event.h makes it. */
void db_fill(const struct db *db, const char *event, pg_answer_fn *fn, void *owner);

struct db_filled {
	struct uuid id; /* these two only when the order is known */
	char before[DB_STATUS];
	char status[DB_STATUS]; /* or unknown_order, differs */
	char client_order_id[TERMS_ID];
};

int db_filled(const struct pg_answer *answer, struct db_filled *out, struct err *err) MUST_CHECK;

/* order_poll_soon: every open order is due. */
void db_poll_soon(const struct db *db, pg_answer_fn *fn, void *owner);

/* fills_shown: executions as activity.h makes them. */
void db_fills_shown(const struct db *db, const char *fills, pg_answer_fn *fn, void *owner);

/* order_cancel_due: orders whose broker is asked to cancel now. */
void db_cancel_due(const struct db *db, pg_answer_fn *fn, void *owner);
int db_cancel_order(const struct pg_answer *answer, size_t row, struct db_order *out,
	struct err *err) MUST_CHECK;
/* order_cancel_answered: status 0 = no whole answer. */
void db_cancel_answered(const struct db *db, struct uuid id, int status, const char *detail,
	pg_answer_fn *fn, void *owner);

/* The cancel that has been pending longest; no row when none is. */
void db_cancel_pending(const struct db *db, pg_answer_fn *fn, void *owner);

struct db_pending {
	char client_order_id[TERMS_ID];
	int64_t seconds;
};

int db_pending(const struct pg_answer *answer, struct db_pending *out, struct err *err) MUST_CHECK;

enum db_record {
	DB_NOT_SENT,	/* fence, why */
	DB_ACCEPT,	/* detail = the broker's order */
	DB_BLOCK,	/* fence, why = reason code, detail */
	DB_REFUSE,	/* fence, http_status, why = reason code, detail */
	DB_UNKNOWN,	/* fence, why, detail */
	DB_QUARANTINE,	/* why, detail */
	DB_MISSING,	/* fence, detail */
	DB_RETRY_CHECK, /* fence, why */
	DB_FOLLOW,	/* detail = the broker's order */
};

struct db_fact {
	enum db_record record;
	struct uuid id;
	int64_t fence;
	int http_status;
	const char *why;    /* one sentence or code */
	const char *detail; /* JSON */
};

void db_write(const struct db *db, const struct db_fact *fact, pg_answer_fn *fn, void *owner);
/* The text that a writing function returned; "" when there is none. */
const char *db_text(const struct pg_answer *answer);
/* The first column of a row; borrowed. */
const char *db_cell(const struct pg_answer *answer, size_t row);

/* The last fence: blocks for at most budget and what meanwhile takes, which is called while the database commits (see
 * pg_commit_now). NULL when nothing can be said; else `go` or why not (alloc_free). */
char *db_begin_send(const struct db *db, struct uuid id, int64_t fence, struct span budget,
	void (*meanwhile)(void *owner), void *owner);
