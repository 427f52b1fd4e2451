/*
 * leader.h - one of several equal daemons leads: by an advisory lock held on its LISTEN session.
 *
 * Tried every 2 s until held; no session ever waits for it (a waiting one holds back vacuum), and a held one is
 * never taken again (they stack). It goes with the session, so a loss of that is a loss of the lead, at once.
 * The owner forwards the session's up and down; gained and lost come from the loop, in turn.
 */
#pragma once

#include <event2/event.h>

#include "common/sys/log.h"
#include "common/sys/pg.h"

struct leader;

struct leader_hooks {
	void (*gained)(void *owner);
	void (*lost)(void *owner); /* stop at once, write nothing more */
	void *owner;
};

/* name is what is led, the same in all instances, e.g. hybridhub-evald; copied. pg is borrowed and must live longer. */
struct leader *leader_new(struct event_base *base, struct log *log, struct pg *pg, const char *name,
	const struct leader_hooks *hooks);
void leader_free(struct leader **leader); /* the lock stays with the session: free that soon, too */

void leader_up(struct leader *leader); /* from the session's up() */
void leader_down(
	struct leader *leader); /* from the session's down(): lost() from inside, when held */
