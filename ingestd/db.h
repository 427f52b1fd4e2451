/*
 * db.h - every statement that ingestd sends, and the reading of its rows. Each is one autocommitted call of an SQL
 * function: what may be written to market data is decided there.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/clock.h"
#include "common/sys/err.h"
#include "common/sys/pg.h"
#include "common/sys/uuid.h"
#include "ingestd/broker_parse.h"

/* All statements, NULL-terminated: a test prepares each against a fresh schema. */
extern const struct pg_stmt *const ingestd_statements[];

/* clock_read: the time that everything is decided by. */
void db_clock(struct pg *pg, pg_answer_fn *fn, void *owner);
int db_now(const struct pg_answer *answer, struct wall *out, struct err *err) MUST_CHECK;

/* market_data_partitions, in a transaction of its own. */
void db_partitions(struct pg *pg, pg_answer_fn *fn, void *owner);

/* market_data_store: rows is jsonb text. Answers how many rows were new. */
void db_store(struct pg *pg, struct uuid batch, const char *rows, pg_answer_fn *fn, void *owner);
int db_written(const struct pg_answer *answer, int64_t *out, struct err *err) MUST_CHECK;

/* ingest_fetched: inputs is jsonb text. Nobody waits for it. */
void db_fetched(struct pg *pg, const char *inputs);

/* market_calendar_store (jsonb text) and broker_clock_store. */
void db_calendar(struct pg *pg, const char *days, pg_answer_fn *fn, void *owner);
void db_broker_clock(
	struct pg *pg, const struct broker_clock *clock, pg_answer_fn *fn, void *owner);
