/* ids.h - a small set of ids, in the order they came. All zero is an empty set. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/sys/uuid.h"

struct ids {
	struct uuid *items;
	size_t count, room;
};

bool ids_has(const struct ids *ids, struct uuid id);
void ids_add(struct ids *ids, struct uuid id); /* once */
void ids_remove(struct ids *ids, struct uuid id);
void ids_clear(struct ids *ids); /* frees */
/* `{id,id}`: a uuid[] as Postgres reads it; the caller frees. */
char *ids_text(const struct ids *ids);
