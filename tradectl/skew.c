/* skew.c - see skew.h. */
#include "tradectl/skew.h"

#include <errno.h>
#include <time.h>

enum {
	LARGE_SEC = 2,
};

struct skew skew_between(
	struct wall from, struct wall to, struct wall ours_from, struct wall ours_to)
{
	int64_t ahead = from.us - ours_to.us, behind = ours_from.us - to.us;

	return (struct skew){
		.known = true,
		.by = {(from.us + (to.us - from.us) / 2) -
			(ours_from.us + (ours_to.us - ours_from.us) / 2)},
		.least = {ahead > 0    ? ahead
			  : behind > 0 ? behind
				       : 0},
	};
}

bool skew_is_large(const struct skew *skew)
{
	return skew->known && skew->least.us > span_sec(LARGE_SEC).us;
}

int skew_date(const char *text, struct wall *out)
{
	struct tm tm = {0};

	const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	if (!end || *end != '\0')
		return -EINVAL;

	*out = (struct wall){(int64_t)timegm(&tm) * 1000000};
	return 0;
}
