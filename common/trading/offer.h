/*
 * offer.h - a rule's order at the price asked: size and limit price exactly as they will be shown, stored and sent.
 * Pure and exact: sizes are floored, prices rounded once.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/decimal.h"
#include "common/trading/config.h"
#include "common/trading/reason.h"
#include "common/trading/word.h"

struct offer {
	enum order_side side;
	enum order_type type;
	enum time_in_force time_in_force;
	bool extended_hours;
	struct cash notional;	  /* 0: sized by qty */
	struct qty qty;		  /* 0: sized by notional */
	struct price limit_price; /* 0: a market order */
	struct cash
		cost; /* the notional, or qty x (limit price, else price asked), up to cents; of a sell what it brings */
};

/* What the person's own ledger says of one symbol on one broker account. */
struct holding {
	struct qty held;
	struct qty free; /* less what its open sells may still take; never above held */
};

/*
 * REASON_NONE and *out; else why nothing is offered, *out undefined:
 *   SIZE_TOO_SMALL              below the broker's minimum, a limit price of nothing, or a sell of more than is free
 *   MAX_NOTIONAL_USD_PER_ORDER  an amount that does not fit
 * pct_of_position is that share of what is held, floored to nine decimals (to whole shares where the order may outlive
 * the day), and never more than is free.
 */
enum reason offer_make(const struct rule *rule, struct price asked, const struct holding *holding,
	struct offer *out) MUST_CHECK;

/*
 * asked x (1 + offset/100) as a price the exchange takes: from 1.00 two decimals, below four; a buy rounds down, a sell
 * up, once. 0; -ERANGE when it does not fit or nothing is left.
 */
int offer_limit(
	struct price asked, struct pct offset, enum order_side side, struct price *out) MUST_CHECK;

/* Two decimals, below 1.00 four. */
bool offer_price_fits(struct price price);
