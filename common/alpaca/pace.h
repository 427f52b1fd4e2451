/*
 * pace.h - the broker's request budget as its X-RateLimit headers tell it (200 a minute an account), and the wait
 * after a 429. Pure: the time is passed in. New orders leave a reserve, so that asking about orders that are already
 * out always finds room.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/sys/clock.h"
#include "common/sys/http.h"

enum pace_kind {
	PACE_ASK, /* looks up what exists: may use the last request */
	PACE_NEW, /* a new order: leaves PACE_RESERVE requests */
};

enum {
	PACE_RESERVE = 20,
};

struct pace {
	bool known;	   /* headers were seen */
	int64_t remaining; /* until reset */
	struct wall reset;
	struct wall held; /* after a 429: nothing before */
};

/* The values of X-RateLimit-Remaining and X-RateLimit-Reset (UNIX seconds), NULL or "" when absent. A 429 holds all
 * requests until its reset; without a usable one (none, past, or over two minutes away) for 5 s. */
void pace_note(
	struct pace *pace, int status, const char *remaining, const char *reset, struct wall now);

/* The same of a reply, which may be none at all (status 0). */
void pace_note_reply(struct pace *pace, const struct http_response *response, struct wall now);

/* How long to wait before the next request of that kind; zero = go. */
struct span pace_wait(const struct pace *pace, enum pace_kind kind, struct wall now);
