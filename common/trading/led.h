/*
 * led.h - what ingestd and evald share: of several instances one leads, by an advisory lock on its LISTEN session, and
 * keeps everybody's documents in step while it does; the others stand by, and take over within 5 s from one that is
 * gone, within 15 s from one that hangs. A schema that does not fit ends the daemon. Says by itself what happens to the
 * lead and to documents; what leading means is the owner's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sys/daemon.h"
#include "common/sys/pg.h"
#include "common/trading/roster.h"

struct led;

/* For the list of statements that a test prepares. */
extern const struct pg_stmt led_statement;

/* All come from the loop. */
struct led_hooks {
	void (*gained)(void *owner); /* documents are being read: changed() follows */
	void (*lost)(void *owner);   /* stop at once, write nothing more */
	/* While leading; config_changed has been dealt with. May be NULL. */
	void (*rung)(void *owner, const char *channel, const char *payload);
	void (*changed)(void *owner); /* roster's */
	/* roster's; logged and counted already. May be NULL. */
	void (*unusable)(void *owner, const char *uid, struct person_stamp stamp,
		const struct config_report *report);
	void *owner;
};

struct led_options {
	struct daemon *daemon;
	const char *name;	     /* of the session and of the lead: hybridhub-evald */
	const char *const *channels; /* with config_changed; NULL-terminated, borrowed for ever */
	const char
		*unusable; /* what it means that a document does not validate; borrowed for ever */
	int64_t interval_seconds;
	bool allow_unattended;
	bool leads; /* false: has nothing to lead, only keeps its session */
	struct led_hooks hooks;
};

struct led *led_new(const struct led_options *options);
void led_free(struct led **led); /* without lost() */
void led_start(struct led *led);
/* Leads on if it does, but never again. */
void led_drain(struct led *led);

bool led_leads(const struct led *led);
struct pg *led_pg(const struct led *led);
struct roster *led_roster(const struct led *led);

/* For daemon_app: false when the database is away, or while leading the documents cannot be read. */
bool led_ready(const struct led *led, char *missing, size_t size);
void led_measure(const struct led *led, struct metrics *metrics);
