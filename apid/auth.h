/*
 * auth.h - whose request is this? The token is verified at once (22 us); that its person has not been signed out
 * meanwhile (users.tokens_valid_after) is read from the database, at most AUTH_FRESH_SEC ago.
 * The user's row is made when a uid is first seen.
 */
#pragma once

#include "apid/problem.h"
#include "apid/token.h"

struct apid;
struct auth;

enum {
	AUTH_FRESH_SEC = 2, /* with the 2 s sweep of live sockets: bites within 5 s everywhere */
};

struct auth *auth_new(struct apid *apid);
void auth_free(struct auth **auth);

/* problem NULL: the token is good. Called once, perhaps before auth_check returns. */
typedef void auth_judged_fn(void *owner, const struct token *who, struct problem *problem);
void auth_check(struct auth *auth, const char *token, auth_judged_fn *fn, void *owner);

/* For a live socket: who was verified when it opened. The same answers. */
void auth_check_again(struct auth *auth, const struct token *who, auth_judged_fn *fn, void *owner);

/* Forgets what was read about a person, NULL: about everybody. */
void auth_forget(struct auth *auth, const char *uid);
/* Drops what is no longer fresh; called by the sweep. */
void auth_sweep(struct auth *auth);
