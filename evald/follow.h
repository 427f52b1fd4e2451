/*
 * follow.h - what has ended and what is owed: expiry, questions whose rule has gone, follow-ups to answers that decided
 * nothing, notices. Expiry stands at the head of every turn, so that an evaluation sees the instances it frees.
 */
#pragma once

#include <stdbool.h>

#include "common/trading/config_check.h"
#include "common/trading/people.h"

struct eval;
struct follow;

typedef void follow_done_fn(struct eval *eval, bool ok, const char *why);

struct follow *follow_new(struct eval *eval, follow_done_fn *done);
void follow_free(struct follow **follow);

/* all false: expiry only. */
void follow_begin(struct follow *follow, bool all);
/* Forgets the one under way: done is not called. */
void follow_stop(struct follow *follow);

/* A stored document does not validate: its person is told at the next full follow. */
void follow_unusable(struct follow *follow, const char *uid, struct person_stamp stamp,
	const struct config_report *report);
