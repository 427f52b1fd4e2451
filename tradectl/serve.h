/*
 * serve.h - says every 10 s that this account is served and what is in the way of it, and reads what the account's
 * row says: its times, a quarantine, a reconciliation that somebody asked for, and whether the database went back in
 * time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/sys/clock.h"
#include "common/sys/pg.h"

struct tradectl;
struct serve;
struct err;

struct serve *serve_new(struct tradectl *t);
void serve_free(struct serve **serve);
/* Call it from a sweep; also when it is not time yet: when what is in the way has changed, or now. */
void serve_wake(struct serve *serve, bool now);

/* Asks db_serve, and tells it what is in the way now (trouble.h); the answer goes to fn. */
void serve_ask(struct serve *serve, pg_answer_fn *fn, void *owner);

/* Reads an answer of db_serve into tradectl.served, and logs a change of timeline. asked: this host's clock when it
 * was asked. 0 or -EINVAL. */
int serve_take(struct tradectl *t, const struct pg_answer *answer, struct wall asked,
	struct err *err) MUST_CHECK;

/* The database's and the broker's clocks are this host's, to two seconds. Which is not, when one is not (out may be
 * NULL). */
bool serve_clocks_agree(const struct tradectl *t, char *out, size_t size);

/* The quarantine is over. Why not, when it is not (out may be NULL). */
bool serve_past_quarantine(const struct tradectl *t, char *out, size_t size);
