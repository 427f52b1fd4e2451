/* body.h - the JSON that asks for an order. Pure. */
#pragma once

#include "common/sys/err.h"
#include "tradectl/terms.h"

/*
 * POST /v2/orders: fields in a fixed order, amounts as decimal strings (docs/broker.md, "Orders"). 0 and text_out that the
 * caller frees (alloc_free); -EINVAL when the terms are no order the broker could take: not exactly one of notional and
 * qty, an amount that is not positive, a notional finer than cents, a limit order without a price or a price without
 * one, a price with a third decimal (below 1.00 with a fifth), a market order for extended hours. Nothing is ever rounded here: the person has seen these amounts.
 */
int body_of_order(const struct terms *terms, char **text_out, struct err *err) MUST_CHECK;
