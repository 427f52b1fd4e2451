/* market.c - looking up the newest rows. */
#include <string.h>

#include "common/trading/market.h"

const struct observation *market_find(const struct market *market, const char *symbol,
	enum asset_class asset_class, enum feed feed, enum market_metric metric)
{
	const struct observation *found = NULL;
	const struct observation *row;

	for (row = market->rows; row < market->rows + market->nrows; row++) {
		if (row->metric != metric || row->asset_class != asset_class)
			continue;
		if (feed != FEED_UNNAMED && row->feed != feed)
			continue;
		if (strcmp(row->symbol.text, symbol) != 0)
			continue;
		if (!found || row->as_of.us > found->as_of.us)
			found = row;
	}
	return found;
}

bool market_midpoint(const struct observation *quote, struct price *out)
{
	__int128 bid = quote->bid.nano;
	__int128 ask = quote->ask.nano;

	if (bid <= 0 || ask <= 0 || ask < bid)
		return false;
	/* ask - bid > 1 % of (bid + ask) / 2 */
	if ((ask - bid) * 200 > bid + ask)
		return false;

	out->nano = (int64_t)((bid + ask) / 2);
	return true;
}
