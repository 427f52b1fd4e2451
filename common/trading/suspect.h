/*
 * suspect.h - prices not to be believed without a second witness (docs/configuration.md, "Prices not believed"). What
 * "agrees" means is ours: the second price is within 5 % of the first, the distance that also condemns a trade
 * against its quote.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/decimal.h"
#include "common/trading/market.h"

/* A move of more than 20 % against the prior close; false for a close of zero or less. */
bool suspect_jump(struct price price, struct price prev_close);
/* More than 5 % away from the midpoint; false where the quote is not worth believing. */
bool suspect_far_from_quote(struct price price, const struct observation *quote);
/* Does the row's price (a quote's midpoint) confirm this one? */
bool suspect_agrees(struct price price, const struct observation *row);
