/* backoff.c - see backoff.h. */
#include "common/sys/backoff.h"

struct span backoff_next(struct backoff *backoff, uint32_t random)
{
	int64_t whole = backoff->next.us > 0 ? backoff->next.us : backoff->first.us;
	int64_t half;

	if (whole > backoff->most.us)
		whole = backoff->most.us;
	backoff->next.us = whole > backoff->most.us / 2 ? backoff->most.us : whole * 2;
	half = whole / 2;
	return (struct span){half + (int64_t)((__int128)(whole - half) * random / UINT32_MAX)};
}

void backoff_reset(struct backoff *backoff)
{
	backoff->next.us = 0;
}
