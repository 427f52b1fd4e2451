/* offer.c - see offer.h. */
#include "common/trading/offer.h"

#include <errno.h>

enum {
	LEAST_EQUITY_USD = 1,
	LEAST_CRYPTO_USD = 10,
	TICKS_FROM_ONE = 100, /* a dollar has so many */
	TICKS_BELOW_ONE = 10000,
};

bool offer_price_fits(struct price price)
{
	int64_t ticks = price.nano >= DECIMAL_ONE ? TICKS_FROM_ONE : TICKS_BELOW_ONE;

	return price.nano % (DECIMAL_ONE / ticks) == 0;
}

int offer_limit(struct price asked, struct pct offset, enum order_side side, struct price *out)
{
	/* asked x (100 + offset) / 100, with the percents' nine decimals still in it. */
	const __int128 whole = (__int128)100 * DECIMAL_ONE;
	__int128 exact = (__int128)asked.nano * (whole + offset.nano);
	int64_t ticks = exact >= whole * DECIMAL_ONE ? TICKS_FROM_ONE : TICKS_BELOW_ONE;
	__int128 tick = whole * (DECIMAL_ONE / ticks);
	__int128 count;

	if (exact <= 0)
		return -ERANGE;
	count = (exact + (side == SIDE_SELL ? tick - 1 : 0)) / tick;
	if (count == 0 || count * (DECIMAL_ONE / ticks) > INT64_MAX)
		return -ERANGE;

	out->nano = (int64_t)(count * (DECIMAL_ONE / ticks));
	return 0;
}

/* May the order outlive the day? Then the broker takes whole shares only. */
static bool outlives_day(const struct rule *rule)
{
	return rule->asset_class == ASSET_US_EQUITY && rule->order.time_in_force != TIF_DAY;
}

static int64_t part_of_position(const struct rule *rule, const struct holding *holding)
{
	const __int128 whole = (__int128)100 * DECIMAL_ONE;
	__int128 part = (__int128)holding->held.nano * rule->order.pct_of_position.nano / whole;
	int64_t qty = part < holding->free.nano ? (int64_t)part : holding->free.nano;

	if (outlives_day(rule))
		qty -= qty % DECIMAL_ONE;
	return qty > 0 ? qty : 0;
}

static struct price price_of(const struct offer *offer, struct price asked)
{
	return offer->limit_price.nano ? offer->limit_price : asked;
}

static int find_cost(const struct offer *offer, struct price asked, struct cash *out)
{
	struct price price = price_of(offer, asked);
	int64_t exact;
	int r;

	if (offer->notional.nano) {
		*out = offer->notional;
		return 0;
	}

	r = decimal_mul(offer->qty.nano, price.nano, ROUND_UP, &exact);
	if (r < 0)
		return r;

	return decimal_round(exact, 2, ROUND_UP, &out->nano);
}

/* A whole share may cost less than a dollar; a part of one, and a coin, have the broker's least amount. Before rounding. */
static bool too_small(const struct rule *rule, const struct offer *offer, struct price asked)
{
	bool crypto = rule->asset_class == ASSET_CRYPTO;
	__int128 least = (crypto ? LEAST_CRYPTO_USD : LEAST_EQUITY_USD) * (__int128)DECIMAL_ONE;

	if (offer->notional.nano)
		return offer->notional.nano < least;
	if (!offer->qty.nano)
		return true;
	if (!crypto && offer->qty.nano % DECIMAL_ONE == 0)
		return false;

	return (__int128)offer->qty.nano * price_of(offer, asked).nano < least * DECIMAL_ONE;
}

/* Does the ledger hold what a sell would take? One in dollars at the price asked. */
static bool covered(const struct offer *offer, struct price asked, const struct holding *holding)
{
	if (offer->side == SIDE_BUY)
		return true;
	if (offer->qty.nano)
		return offer->qty.nano <= holding->free.nano;

	return (__int128)offer->notional.nano * DECIMAL_ONE <=
	       (__int128)holding->free.nano * asked.nano;
}

enum reason offer_make(const struct rule *rule, struct price asked, const struct holding *holding,
	struct offer *out)
{
	const struct rule_order *order = &rule->order;
	struct offer offer = {
		.side = order->side,
		.type = order->type,
		.time_in_force = order->time_in_force,
		.extended_hours = order->extended_hours,
		.notional = order->notional,
		.qty = order->qty,
		.limit_price = order->limit_price,
	};

	if (order->pct_of_position.nano)
		offer.qty.nano = part_of_position(rule, holding);
	if (order->type == ORDER_TYPE_LIMIT && !order->limit_price.nano &&
		offer_limit(asked, order->limit_offset, order->side, &offer.limit_price) < 0)
		return REASON_SIZE_TOO_SMALL;
	if (find_cost(&offer, asked, &offer.cost) < 0)
		return REASON_MAX_NOTIONAL_USD_PER_ORDER;
	if (too_small(rule, &offer, asked) || !covered(&offer, asked, holding))
		return REASON_SIZE_TOO_SMALL;

	*out = offer;
	return REASON_NONE;
}
