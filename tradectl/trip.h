/*
 * trip.h - halts the broker account by itself. A trip is a transaction of its own, only ever makes the level stricter,
 * and is owed until the database has taken it.
 */
#pragma once

#include <stdbool.h>

struct tradectl;
struct trip;

struct trip *trip_new(struct tradectl *t);
void trip_free(struct trip **trip);

/* Calls fn (may be NULL) from the loop with whether the halt stands; when it does not, it is tried again by trip_again. */
void trip_halt(
	struct trip *trip, const char *reason, void (*fn)(void *owner, bool halted), void *owner);
/* The same to `reducing`: sells go on. */
void trip_reduce(struct trip *trip, const char *reason);
/* Makes the trips that the rows call for (trips_owed): after something was found or refused, and from a sweep. */
void trip_look(struct trip *trip);
/* Every halt has been told and taken. */
bool trip_idle(const struct trip *trip);
/* Tries again what is owed; call it from a sweep. */
void trip_again(struct trip *trip);
