/* lag.h - how old the newest trade of each symbol is, for a gauge; the first LAG_SYMBOLS symbols only. */
#pragma once

#include <stddef.h>

#include "common/sys/metric.h"
#include "common/trading/watch.h"
#include "ingestd/row.h"

enum {
	LAG_SYMBOLS = 30, /* a gauge per symbol must not grow with the watch list */
};

struct lag {
	struct {
		struct symbol symbol;
		struct wall as_of;
	} items[LAG_SYMBOLS];

	size_t count;
};

/* Forgets what is not watched any more: its room is another's, and its age no alarm. */
void lag_keep(struct lag *lag, const struct watch_entry entries[], size_t count);
void lag_note(struct lag *lag, const struct market_rows *rows);
void lag_measure(const struct lag *lag, struct wall now, struct metrics *metrics);
