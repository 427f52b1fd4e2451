/* trip.c - see trip.h. */
#include "tradectl/trip.h"

#include <stdio.h>
#include <sys/queue.h>

#include "common/sys/alloc.h"
#include "tradectl/db.h"
#include "tradectl/tradectl.h"

enum level {
	REDUCING,
	HALTED,
	LEVELS,
};

static const char *const level_names[LEVELS] = {"reducing", "halted"};

struct halting {
	LIST_ENTRY(halting) link;
	struct trip *trip;
	enum level level;
	char reason[512];
	void (*fn)(void *owner, bool halted);
	void *owner;
};

struct trip {
	struct tradectl *t;
	char owed[LEVELS][512]; /* the last reason that the database has not taken; "" = none */
	bool looking, again;
	LIST_HEAD(haltings, halting) haltings;
};

struct trip *trip_new(struct tradectl *t)
{
	struct trip *trip = alloc_zero(sizeof(*trip));

	trip->t = t;
	LIST_INIT(&trip->haltings);
	return trip;
}

static void halting_free(struct halting *halting)
{
	LIST_REMOVE(halting, link);
	alloc_free(&halting);
}

void trip_free(struct trip **trip)
{
	struct halting *halting;

	if (!*trip)
		return;

	pg_forget((*trip)->t->db.work, *trip);
	while ((halting = LIST_FIRST(&(*trip)->haltings))) {
		pg_forget((*trip)->t->db.work, halting);
		if (halting->fn)
			halting->fn(halting->owner, false);
		halting_free(halting);
	}
	alloc_free(trip);
}

static void halted(void *owner, const struct pg_answer *answer)
{
	struct halting *halting = owner;
	struct trip *trip = halting->trip;
	struct tradectl *t = trip->t;
	bool done = answer->outcome == PG_DONE;

	if (done) {
		trip->owed[halting->level][0] = '\0';
		log_error(t->log, "account.halted", halting->reason,
			LOG_TEXT("account", t->db.account), LOG_TEXT("level", db_text(answer)));
	} else {
		snprintf(trip->owed[halting->level], sizeof(trip->owed[0]), "%s", halting->reason);
		log_error(t->log, "account.halt_owed", "the halt was not stored; trying again",
			LOG_TEXT("account", t->db.account), LOG_TEXT("why", answer->error));
	}

	void (*fn)(void *asker, bool yes) = halting->fn;
	void *asker = halting->owner;
	halting_free(halting);
	if (fn)
		fn(asker, done);
	tradectl_quiet(t);
}

static void trip_to(struct trip *trip, enum level level, const char *reason,
	void (*fn)(void *owner, bool halted), void *owner)
{
	struct halting *halting = alloc_zero(sizeof(*halting));

	halting->trip = trip;
	halting->level = level;
	halting->fn = fn;
	halting->owner = owner;
	snprintf(halting->reason, sizeof(halting->reason), "%s", reason);
	LIST_INSERT_HEAD(&trip->haltings, halting, link);
	db_halt(&trip->t->db, level_names[level], halting->reason, halted, halting);
}

void trip_halt(
	struct trip *trip, const char *reason, void (*fn)(void *owner, bool halted), void *owner)
{
	trip_to(trip, HALTED, reason, fn, owner);
}

void trip_reduce(struct trip *trip, const char *reason)
{
	trip_to(trip, REDUCING, reason, NULL, NULL);
}

static void looked(void *owner, const struct pg_answer *answer)
{
	struct trip *trip = owner;
	struct tradectl *t = trip->t;

	trip->looking = false;
	if (answer->outcome != PG_DONE)
		log_warning(t->log, "trip.failed", "the sweep tries again",
			LOG_TEXT("error", answer->error));
	for (size_t row = 0; answer->outcome == PG_DONE && row < db_count(answer); row++) {
		struct db_trip made;
		struct err err;
		if (db_trip(answer, row, &made, &err) == 0)
			log_error(t->log, "trading.tripped", made.reason,
				LOG_TEXT("account", t->db.account), LOG_TEXT("scope", made.scope),
				LOG_TEXT("key", made.key), LOG_TEXT("level", made.level));
	}
	if (trip->again)
		trip_look(trip);
}

void trip_look(struct trip *trip)
{
	trip->again = trip->looking;
	if (trip->looking)
		return;

	trip->looking = true;
	db_trips(&trip->t->db, looked, trip);
}

bool trip_idle(const struct trip *trip)
{
	return trip->owed[REDUCING][0] == '\0' && trip->owed[HALTED][0] == '\0' &&
	       LIST_EMPTY(&trip->haltings);
}

void trip_again(struct trip *trip)
{
	if (!LIST_EMPTY(&trip->haltings))
		return;

	for (enum level level = REDUCING; level < LEVELS; level++)
		if (trip->owed[level][0] != '\0')
			trip_to(trip, level, trip->owed[level], NULL, NULL);
}
