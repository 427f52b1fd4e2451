/* terms.h - what an approved order asks of the broker, as frozen by its question. */
#pragma once

#include <stdbool.h>

#include "common/sys/decimal.h"

enum {
	TERMS_ID = 64, /* client_order_id: `h1-` and 32 hex digits */
	TERMS_SYMBOL = 32,
	TERMS_WORD = 16,
};

struct terms {
	char client_order_id[TERMS_ID];
	char symbol[TERMS_SYMBOL];
	char side[TERMS_WORD];		/* buy, sell */
	char order_type[TERMS_WORD];	/* market, limit */
	char time_in_force[TERMS_WORD]; /* day, gtc, ioc */
	bool has_notional, has_qty, has_limit_price;
	struct cash notional;
	struct qty qty;
	struct price limit_price;
	bool extended_hours;
};
