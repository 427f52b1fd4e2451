/*
 * rule.h - is a rule's condition true now? Pure and exact; the clock is handed in.
 */
#pragma once

#include <stddef.h>

#include "common/sys/clock.h"
#include "common/sys/decimal.h"
#include "common/trading/calendar.h"
#include "common/trading/config.h"
#include "common/trading/market.h"
#include "common/trading/reason.h"
#include "common/trading/tri.h"

enum {
	EVALUATION_ROWS = 4,
};

struct evaluation {
	enum tri value;
	enum reason reason;	 /* why it is unknown; REASON_NONE otherwise */
	struct price price, ref; /* 0 where not known */
	struct wall as_of;	 /* of the price's row: the row that fires */
	/* What was looked at, the price's row first; borrowed from the market view. */
	const struct observation *used[EVALUATION_ROWS];
	size_t nused;
};

/* The condition alone: sessions, staleness, suspicion, comparison. Whether to ask is decision.h. */
void rule_evaluate(const struct rule *rule, const struct rule_target *target,
	const struct market *market, const struct calendar *calendar, struct wall now,
	struct evaluation *out);

/* (price - ref) * 100 compared with threshold * ref, in integers. Unknown for a ref or price of zero or less. */
enum tri rule_below_pct(struct price price, struct price ref, struct pct threshold);
enum tri rule_above_pct(struct price price, struct price ref, struct pct threshold);

/* The metric that it reads, as a bit of enum market_metric. */
unsigned rule_price_metric(enum price_metric metric);
unsigned rule_ref_metric(enum ref_metric metric);
