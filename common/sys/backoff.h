/* backoff.h - exponential waits with full jitter. Pure: randomness is handed in. */
#pragma once

#include "common/sys/clock.h"

struct backoff {
	struct span first, most;
	struct span next; /* zero: start again at first */
};

/* The wait before the next try: uniform in [half, whole] of the doubling span; random is 0..UINT32_MAX. */
struct span backoff_next(struct backoff *backoff, uint32_t random);
void backoff_reset(struct backoff *backoff);
