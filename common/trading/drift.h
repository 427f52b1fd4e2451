/*
 * drift.h - has the price moved too far since the question? abs(now/asked - 1)*100 > max, in integers.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/decimal.h"
#include "common/trading/word.h"

/* true: no order. With DRIFT_ADVERSE only up counts for a buy and down for a sell. A price of zero or less drifts. */
bool drift_exceeds(struct price asked, struct price now, enum order_side side,
	enum drift_side drift_side, struct pct max);
