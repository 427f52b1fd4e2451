/* hub_life.h - when a socket is pinged and when it must end (signalr facts 1.7). */
#pragma once

#include "common/sys/clock.h"

struct hub_conn;

enum {
	HUB_TICK_SEC = 1,
	HUB_PING_SEC = 15,
	HUB_SHAKE_SEC = 15,
	HUB_SILENCE_SEC = 30,	    /* of a client that has pinged before */
	HUB_SILENCE_LONG_SEC = 120, /* of one that never has */
	HUB_CLOSE_SEC = 5,
	HUB_STALL_SEC = 10,
	HUB_UNSENT_FULL =
		256 *
		1024, /* bytes that wait: no record is read and no question added till they are out */
	HUB_UNSENT_MOST = 1024 * 1024, /* and nothing at all: the socket ends */
};

/* Once a second. May close the connection or break it off. */
void hub_life_tick(struct hub_conn *conn);
/* When the token's time is over: at its exp, for one accepted within the allowed skew after it. */
struct wall hub_life_end(const struct hub_conn *conn, struct wall now);
