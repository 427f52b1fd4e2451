/*
 * round.h - one evaluation of everything armed: calendar and newest rows, look, states of those that are true, decision,
 * commit. Committed also when nothing is asked, so that last_eval_at moves.
 */
#pragma once

#include <stdbool.h>

struct eval;
struct round;

/* ok false: why in one sentence; nothing more of this round happens. */
typedef void round_done_fn(struct eval *eval, bool ok, const char *why);

struct round *round_new(struct eval *eval, round_done_fn *done);
void round_free(struct round **round);

void round_begin(struct round *round);
/* Forgets the one under way: done is not called. */
void round_stop(struct round *round);
