/*
 * people.h - every user's configuration as it was last read, by uid. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/trading/config.h"

/* What a document was made of: the same stamp needs no second reading. */
struct person_stamp {
	int64_t version, template_version;
	bool enabled; /* user_trading_config.enabled */
};

struct person {
	char *uid;
	struct person_stamp stamp;
	struct config *config; /* NULL: switched off, or a document that does not validate */
	bool seen;
};

struct people;

struct people *people_new(void);
void people_free(struct people **people);

size_t people_count(const struct people *people);
/* In the order of uids; borrowed until the next change. */
const struct person *people_at(const struct people *people, size_t i);

/* NULL when there is none; borrowed as above. */
const struct person *people_find(const struct people *people, const char *uid);

/* Already there under this stamp? Then the person also counts as seen. */
bool people_known(struct people *people, const char *uid, struct person_stamp stamp);
/* Takes the config, which may be NULL. */
void people_put(
	struct people *people, const char *uid, struct person_stamp stamp, struct config *config);
/* False when there was none. */
bool people_remove(struct people *people, const char *uid);

/* Around a reading of everybody: whoever was neither known nor put since the start is removed. Returns how many. */
void people_reading(struct people *people);
size_t people_read(struct people *people);
