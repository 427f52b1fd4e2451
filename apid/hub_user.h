/* hub_user.h - one connected person: the sockets, and what is to be read for them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "apid/ids.h"
#include "apid/keyed.h"
#include "common/sys/clock.h"

struct apid;
struct hub;
struct hub_conn;

TAILQ_HEAD(hub_conns, hub_conn);

struct hub_user {
	struct keyed_node node; /* key: uid */
	struct hub *hub;
	struct hub_conns conns; /* oldest first */
	size_t nconns;
	bool reading;		   /* an ask is under way */
	bool checking;		   /* a token check is under way */
	bool look;		   /* read the open questions */
	bool recent;		   /* and the newest orders */
	struct ids closed, orders; /* named by rings */
	struct ids asked;	   /* the closed ones of the read under way */
	struct mono checked_at;
};

struct hub {
	struct apid *apid;
	struct keyed users;
	size_t nconns;
	struct event *drain_timer;
	int drain_steps;
};

/* Finds or makes. */
struct hub_user *hub_user_of(struct hub *hub, const char *uid);
/* Frees the user when nothing holds it any more. */
void hub_user_release(struct hub_user *user);
/* Reads what is due, unless a read is under way: then after it. */
void hub_user_read(struct hub_user *user);
