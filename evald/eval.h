/*
 * eval.h - the daemon's one context. The instance that leads (led) works in turns, one after the other: what has ended
 * and is owed (follow), then, when there is reason to, one evaluation of everything armed (round). A ring during a turn
 * brings another turn.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/backoff.h"
#include "common/sys/daemon.h"
#include "common/sys/pg.h"
#include "common/trading/led.h"
#include "evald/book.h"
#include "evald/settings.h"

struct follow;
struct rings;
struct round;

enum wake {
	WAKE_EVALUATE = 1, /* data or documents are new */
	WAKE_FOLLOW = 2,   /* a question or an order has moved */
};

struct eval {
	struct daemon *daemon;
	struct log *log;
	const struct clock *clock;
	const struct eval_settings *settings;
	const char *off; /* the switch that leaves only expiries and notices; NULL: all are on */
	bool draining;
	struct led *led;
	struct pg *pg;	       /* led's */
	struct roster *roster; /* led's */
	struct book *book;
	struct follow *follow;
	struct round *round;
	struct rings *rings;
	struct event *sweep, *tick, *again;
	struct backoff backoff;
	unsigned wake;	/* of enum wake: reasons for the next turn */
	unsigned taken; /* those of the turn under way */
	bool busy;
	char trouble[256]; /* why the last turn failed */
};

/* For daemon_app. */
int eval_start(
	struct daemon *daemon, const void *settings, void **state_out, struct err *err) MUST_CHECK;
bool eval_ready(void *state, char *missing, size_t size);
void eval_drain(void *state);
void eval_stop(void *state);
void eval_measure(void *state, struct metrics *metrics);

/* Brings a turn, at once or after the one under way. */
void eval_wake(struct eval *eval, unsigned reasons);
