/*
 * row.h - one line of market data on its way into market_data_snapshots (docs/architecture.md, "Market data").
 * Prices are positive, so zero means: not there.
 */
#pragma once

#include <stddef.h>

#include <cjson/cJSON.h>

#include "common/sys/clock.h"
#include "common/sys/date.h"
#include "common/sys/decimal.h"
#include "common/trading/config.h"
#include "common/trading/word.h"

struct market_row {
	struct symbol symbol;
	enum asset_class asset_class;
	enum feed feed;
	enum market_metric metric;
	struct price
		price; /* of a trade, close of a bar, midpoint of a quote, its only side where one is absent */
	struct price open, high, low, bid, ask;
	char *volume;	   /* NUMERIC text, as it came; owned; NULL = none */
	struct wall as_of; /* the exchange's time */
	struct date session_date;
	const char *session; /* pre, regular, post, none; NULL = no calendar for that day */
	cJSON *raw;	     /* the member as it came; owned; NULL = not kept */
};

/* A metric that came and could not be used: its decider logs it. */
struct market_drop {
	struct symbol symbol;
	enum market_metric metric;
	char why[96];
};

struct market_rows {
	struct market_row *items;
	size_t count;
	struct market_drop *drops;
	size_t dropped;
	size_t present; /* symbols asked for that the answer holds */
};

void market_rows_free(struct market_rows **rows);
/* The new row, zeroed. Good until the next one. */
struct market_row *market_rows_add(struct market_rows *rows);
struct market_drop *market_rows_add_drop(struct market_rows *rows);

/* jsonb text for market_data_store; the caller frees (alloc_free). */
char *market_rows_print(const struct market_rows *rows);
