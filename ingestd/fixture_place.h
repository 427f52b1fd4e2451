/* fixture_place.h - one item of a fixture file while it is read: its fields, and the sentence about one that is wrong. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sys/err.h"
#include "common/sys/json.h"

struct place {
	const char *file;
	const char *list; /* rows, calendar */
	size_t at;
	const cJSON *item;
	struct err *err;
};

/* FILE: rows[3].price: why. Returns -EINVAL. */
int place_bad(const struct place *place, const char *field, const char *why);
/* It is an object and has no field but these. */
int place_only_known(const struct place *place, const char *const known[]) MUST_CHECK;
/* Also when it is null. */
bool place_is_absent(const struct place *place, const char *field);
/* One of the words; `fallback` where the field is absent, unless that is -1. */
int place_word(const struct place *place, const char *field, const char *const words[],
	int fallback, int *out) MUST_CHECK;
/* A JSON number, not a text, within +-most. */
int place_number(const struct place *place, const char *field, int64_t most, int64_t fallback,
	int64_t *nano_out) MUST_CHECK;
int place_whole(
	const struct place *place, const char *field, int most, int fallback, int *out) MUST_CHECK;
