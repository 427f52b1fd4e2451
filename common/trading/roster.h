/*
 * roster.h - everybody's documents, kept in step with the tables: read at the start, at every ring of config_changed (a
 * user's own, or everybody's), and at a sweep, since a ring may be lost. Lives on the owner's session and loop.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>

#include "common/sys/pg.h"
#include "common/trading/config_check.h"
#include "common/trading/people.h"

struct roster;

/* All come from the loop. */
struct roster_hooks {
	/* Somebody's configuration in force is another one now; also after the first reading. */
	void (*changed)(void *owner);
	/* A stored document does not validate: its person has no config now. Once a version. */
	void (*unusable)(void *owner, const char *uid, struct person_stamp stamp,
		const struct config_report *report);
	/* The tables could not be read: what is known stays, and they are read again within 5 s. */
	void (*failed)(void *owner, const char *why);
	void *owner;
};

struct roster_options {
	struct event_base *base;
	struct pg *pg;
	int64_t worker_interval_seconds; /* also the sweep's */
	bool allow_unattended;
	struct roster_hooks hooks; /* all are needed */
};

/* For the list of statements that a test prepares. */
extern const struct pg_stmt roster_statement;

struct roster *roster_new(const struct roster_options *options);
void roster_free(struct roster **roster);

void roster_start(struct roster *roster);
void roster_stop(struct roster *roster);
/* payload: a uid, or `*`. */
void roster_rung(struct roster *roster, const char *payload);

/* Has everybody been read since the start? */
bool roster_complete(const struct roster *roster);
/* Is what people() says of this uid, also that there is no such person, what the tables say? Not so where a row could
 * not be read: then an absent person may only be unread. */
bool roster_knows(const struct roster *roster, const char *uid);
/* Why the last reading failed, borrowed; NULL when it did not. */
const char *roster_trouble(const struct roster *roster);
const struct people *roster_people(const struct roster *roster);
