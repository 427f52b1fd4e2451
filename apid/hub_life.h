/* hub_life.h - when a socket is pinged and when it must end (docs/api.md, "Hub"). Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "apid/token.h"
#include "common/sys/clock.h"

enum {
	HUB_TICK_SEC = 1,
	HUB_PING_SEC = 15,
	HUB_SHAKE_SEC = 15,
	HUB_SILENCE_SEC = 30,	    /* of a client that has pinged before */
	HUB_SILENCE_LONG_SEC = 120, /* of one that never has */
	HUB_CLOSE_SEC = 5,
	HUB_STALL_SEC = 10,
};

enum hub_phase {
	HUB_SHAKING, /* the handshake request is due */
	HUB_OPEN,
	HUB_CLOSING, /* our close frame is out */
	HUB_BROKEN,  /* to be dropped when the loop turns */
};

/* What a socket has lived through. */
struct hub_life {
	struct mono opened_at, heard_at, pinged_at, closing_at;
	struct mono drained_at; /* something of what waited went out, or nothing waited */
	struct wall expires_at; /* hub_life_end */
	size_t unsent;		/* bytes that waited at the last look */
	bool client_pings;
};

enum hub_verdict {
	HUB_GOES_ON,
	HUB_PING_DUE,
	HUB_NO_HANDSHAKE,
	HUB_TOKEN_OVER,
	HUB_SILENT,
	HUB_STALLED,	 /* not a byte of what waits has gone out: a slow or dead phone */
	HUB_NO_FAREWELL, /* our close frame stays without an answer */
};

/* Once a second; unsent: bytes that wait to go out. Remembers unsent and, where it has become less, when. */
enum hub_verdict hub_life_judge(struct hub_life *life, enum hub_phase phase, size_t unsent,
	struct mono now, struct wall wall);
/* When the token's time is over: at its exp, for one accepted within the allowed skew after it. */
struct wall hub_life_end(const struct token *who, struct wall now);
