/*
 * parse.h - the answer of a snapshots call -> rows. Pure.
 *
 * Stocks answer with a bare map of symbols, crypto wraps it in `snapshots` (docs/broker.md, "Snapshots"). Any member may be
 * missing or null. The previous close is chosen by session date: before the first trade of a day `dailyBar` is still
 * the last session's, and then its close is the previous one.
 */
#pragma once

#include <stddef.h>

#include "common/sys/clock.h"
#include "common/sys/err.h"
#include "common/trading/calendar.h"
#include "common/trading/watch.h"
#include "ingestd/row.h"

struct snapshot_ask {
	enum asset_class asset_class;
	enum feed feed;
	const struct watch_entry *entries;
	size_t count;
	struct wall now; /* the database's: decides what today is */
	const struct calendar *calendar;
};

/* Rows of the symbols asked for, in that order; symbols that the answer does not hold give none. -EINVAL when the body
 * is no such answer at all. The caller frees the rows. */
int snapshots_parse(const struct snapshot_ask *ask, const char *body, size_t length,
	struct market_rows **rows_out, struct err *err) MUST_CHECK;
