/* pace.c - see pace.h. */
#include "common/alpaca/pace.h"

#include <errno.h>
#include <stdlib.h>

enum {
	FARTHEST_SEC = 120,
	UNTOLD_SEC = 5,
};

static bool number(const char *text, int64_t *out)
{
	char *end;

	if (!text || *text < '0' || *text > '9')
		return false;

	errno = 0;
	int64_t value = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0')
		return false;

	*out = value;
	return true;
}

static bool reset_at(const char *text, struct wall now, struct wall *out)
{
	int64_t seconds;

	if (!number(text, &seconds) || seconds > INT64_MAX / 1000000)
		return false;

	struct wall at = {seconds * 1000000};
	if (at.us <= now.us || at.us > wall_add(now, span_sec(FARTHEST_SEC)).us)
		return false;

	*out = at;
	return true;
}

void pace_note(
	struct pace *pace, int status, const char *remaining, const char *reset, struct wall now)
{
	int64_t left;
	struct wall at;
	bool has_reset = reset_at(reset, now, &at);

	if (number(remaining, &left) && has_reset) {
		pace->known = true;
		pace->remaining = left;
		pace->reset = at;
	}
	if (status == 429)
		pace->held = has_reset ? at : wall_add(now, span_sec(UNTOLD_SEC));
}

struct span pace_wait(const struct pace *pace, enum pace_kind kind, struct wall now)
{
	int64_t keep = kind == PACE_NEW ? PACE_RESERVE : 0;
	struct span wait = {0};

	if (pace->known && pace->remaining <= keep && pace->reset.us > now.us)
		wait = wall_since(pace->reset, now);
	if (pace->held.us > now.us && wall_since(pace->held, now).us > wait.us)
		wait = wall_since(pace->held, now);
	/* Farther than we ever promised: the host's clock went back. */
	return wait.us > span_sec(FARTHEST_SEC).us ? (struct span){0} : wait;
}
