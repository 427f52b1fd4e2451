/* drift.c - the exact drift test. */
#include "common/trading/drift.h"

bool drift_exceeds(struct price asked, struct price now, enum order_side side,
	enum drift_side drift_side, struct pct max)
{
	__int128 move = (__int128)now.nano - asked.nano;

	if (asked.nano <= 0 || now.nano <= 0)
		return true;
	if (drift_side == DRIFT_ADVERSE && (side == SIDE_BUY ? move < 0 : move > 0))
		return false;
	if (move < 0)
		move = -move;

	return move * 100 * DECIMAL_ONE > (__int128)max.nano * asked.nano;
}
