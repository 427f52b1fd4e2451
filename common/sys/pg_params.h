/* pg_params.h - DATABASE_URL with what we add to it, as PQconnectStartParams takes it. Used by pg*.c only. */
#pragma once

#include "common/sys/clock.h"

struct pg_params;

/* must() be a string that pg_conninfo_fits. Our defaults stand wherever it says nothing. */
struct pg_params *pg_params_new(const char *conninfo, const char *name);
void pg_params_free(struct pg_params **params);

/* NULL-terminated; borrowed. */
const char *const *pg_params_keys(const struct pg_params *params);
const char *const *pg_params_values(const struct pg_params *params);

/* Puts the first of several hosts last. An asynchronous connect that hangs is ours to give up, and libpq would begin
 * with the same silent host again. */
void pg_params_rotate(struct pg_params *params);
/* connect_timeout, which libpq leaves to us when the connect is asynchronous. */
struct span pg_params_timeout(const struct pg_params *params);
