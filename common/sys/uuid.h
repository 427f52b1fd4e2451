/* uuid.h - ids. Those that must be the same after a crash are name-based (v5, RFC 9562) in the project's own
 * namespace: the name is the fields joined by U+001F. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/sys/attr.h"

struct uuid {
	uint8_t bytes[16];
};

enum {
	UUID_TEXT = 37,
};

struct uuid uuid_random(void);
struct uuid uuid_of_name(const char *const fields[], size_t count);
int uuid_read(const char *text,
	struct uuid *out) MUST_CHECK; /* canonical 8-4-4-4-12, any case; 0 or -EINVAL */
void uuid_write(struct uuid id, char out[static UUID_TEXT]); /* lower case */
bool uuid_same(struct uuid a, struct uuid b);
