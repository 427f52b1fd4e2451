/* ids.c - see ids.h. */
#include "apid/ids.h"

#include <string.h>

#include "common/sys/alloc.h"

static size_t place_of(const struct ids *ids, struct uuid id)
{
	size_t i = 0;

	while (i < ids->count && !uuid_same(ids->items[i], id))
		i++;
	return i;
}

bool ids_has(const struct ids *ids, struct uuid id)
{
	return place_of(ids, id) < ids->count;
}

void ids_add(struct ids *ids, struct uuid id)
{
	if (ids_has(ids, id))
		return;
	if (ids->count == ids->room) {
		ids->room = ids->room ? 2 * ids->room : 8;
		ids->items = alloc_grow(ids->items, ids->room, sizeof(*ids->items));
	}
	ids->items[ids->count++] = id;
}

void ids_remove(struct ids *ids, struct uuid id)
{
	size_t at = place_of(ids, id);

	if (at == ids->count)
		return;
	ids->count--;
	memmove(ids->items + at, ids->items + at + 1, (ids->count - at) * sizeof(*ids->items));
}

void ids_clear(struct ids *ids)
{
	alloc_free(&ids->items);
	*ids = (struct ids){0};
}

char *ids_text(const struct ids *ids)
{
	char *text = alloc_zero(ids->count * UUID_TEXT + 3);
	char *at = text;

	*at++ = '{';
	for (size_t i = 0; i < ids->count; i++) {
		if (i)
			*at++ = ',';
		uuid_write(ids->items[i], at);
		at += UUID_TEXT - 1;
	}
	*at = '}';
	return text;
}
