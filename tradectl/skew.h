/*
 * skew.h - how far two clocks are apart, as far as that can be known. Pure.
 * A reading is an interval: theirs fell somewhere between two of ours, and a Date header is cut at the second. What the
 * intervals leave open is not held against a clock: only the least difference that explains both counts.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/attr.h"
#include "common/sys/clock.h"

struct skew {
	bool known;
	struct span by;	   /* theirs ahead of ours: middle from middle */
	struct span least; /* at least so far apart, either way */
};

/* Theirs was read from..to while ours went from ours_from to ours_to. */
struct skew skew_between(
	struct wall from, struct wall to, struct wall ours_from, struct wall ours_to);

/* Too far apart to count days and windows by: more than two seconds. */
bool skew_is_large(const struct skew *skew);

/* A Date header, `Wed, 25 Nov 2026 13:38:55 GMT`. 0 or -EINVAL. */
int skew_date(const char *text, struct wall *out) MUST_CHECK;
