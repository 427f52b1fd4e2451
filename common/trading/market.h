/*
 * market.h - the newest rows of market_data_latest that a decision looks at.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sys/clock.h"
#include "common/sys/date.h"
#include "common/sys/decimal.h"
#include "common/trading/config.h"
#include "common/trading/word.h"

/* A row; a price of 0 is "absent" (no such price is ever meaningful). */
struct observation {
	int64_t snapshot_id;
	struct symbol symbol;
	enum asset_class asset_class;
	enum feed feed;
	enum market_metric metric;
	struct price price; /* trade price, close of a bar, midpoint of a quote */
	struct price open, high, low, bid, ask;
	struct wall as_of;	  /* the exchange's time; a minute bar's end */
	struct date session_date; /* year 0 = none */
	bool suspect;
};

/* A view: borrows the rows. */
struct market {
	const struct observation *rows;
	size_t nrows;
};

/* The row, or NULL. FEED_UNNAMED finds the newest row of any feed. */
const struct observation *market_find(const struct market *market, const char *symbol,
	enum asset_class asset_class, enum feed feed, enum market_metric metric);

/* The midpoint of a quote worth believing (docs/configuration.md, "Prices not believed"): both sides there, not
 * crossed, spread <= 1 % of it. */
bool market_midpoint(const struct observation *quote, struct price *out);
