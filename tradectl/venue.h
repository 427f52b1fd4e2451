/*
 * venue.h - the broker, asked by an operator's command that waits: one request after another on a loop of its own. Keys and
 * host come from the environment as the daemon's do. Paper and loopback only: nothing here ever spends money.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/err.h"
#include "tradectl/broker.h"

struct venue;

struct venue_answer {
	struct reply reply;
	char error[BROKER_ERROR]; /* one sentence about what came */
	char *body;		  /* of a complete reply, else "" */
};

/* 0; -EINVAL and a sentence when a setting cannot be used or the host is not one to try things on. */
int venue_new(struct venue **venue_out, struct err *err) MUST_CHECK;
void venue_free(struct venue **venue);

/* Blocks until the answer is there; body as of broker_call (NULL = none). The caller clears the answer. */
void venue_ask(struct venue *venue, const char *method, const char *path, const char *body,
	struct venue_answer *answer_out);
void venue_answer_clear(struct venue_answer *answer);

/* What came of sending a used id. Pure. */
enum venue_verdict {
	VENUE_REFUSED,	/* for its id's sake: what is hoped for */
	VENUE_ACCEPTED, /* there may be a second order */
	VENUE_UNCLEAR,	/* anything else: it proves nothing */
};

enum venue_verdict venue_judge(const struct reply *reply);
