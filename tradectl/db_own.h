/* db_own.h - what the files of db.h share: the statements of each, and how one is asked. */
#pragma once

#include "tradectl/db.h"

enum {
	DB_INTEGER = 24, /* room for a 64-bit number as text */
};

/* db_account.c */
extern const struct pg_stmt db_serve_stmt, db_reconciled_stmt, db_compared_stmt, db_rewound_stmt,
	db_note_stmt, db_symbols_stmt, db_trips_stmt, db_ledger_stmt, db_unserved_stmt;
/* db_stream.c */
extern const struct pg_stmt db_fill_stmt, db_poll_soon_stmt, db_fills_shown_stmt;
/* db_cancel.c */
extern const struct pg_stmt db_cancel_due_stmt, db_cancel_answered_stmt, db_cancel_pending_stmt;

/* db_gauge.c */
extern const struct pg_stmt db_gauges_stmt;

/* On the work session, with the deadline of every step. */
void db_ask(const struct db *db, const struct pg_stmt *stmt, const char *const params[],
	pg_answer_fn *fn, void *owner);
