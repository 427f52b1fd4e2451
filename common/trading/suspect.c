/* suspect.c - jumps and their witnesses, in integers. */
#include "common/trading/suspect.h"

enum {
	JUMP_PCT = 20,
	APART_PCT = 5,
};

/* abs(a - b) * 100 > pct * b */
static bool apart(struct price a, struct price b, int pct)
{
	__int128 move = (__int128)a.nano - b.nano;

	if (move < 0)
		move = -move;
	return move * 100 > (__int128)b.nano * pct;
}

bool suspect_jump(struct price price, struct price prev_close)
{
	return prev_close.nano > 0 && apart(price, prev_close, JUMP_PCT);
}

bool suspect_far_from_quote(struct price price, const struct observation *quote)
{
	struct price midpoint;

	return market_midpoint(quote, &midpoint) && apart(price, midpoint, APART_PCT);
}

bool suspect_agrees(struct price price, const struct observation *row)
{
	struct price second = row->price;

	if (row->metric == METRIC_LAST_QUOTE && !market_midpoint(row, &second))
		return false;

	return second.nano > 0 && !apart(second, price, APART_PCT);
}
