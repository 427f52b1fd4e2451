/* people.c - see people.h: an array in the order of uids. */
#include "common/trading/people.h"

#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"

struct people {
	struct person *items;
	size_t count, room;
};

struct people *people_new(void)
{
	return alloc_zero(sizeof(struct people));
}

static void person_done(struct person *person)
{
	alloc_free(&person->uid);
	config_free(&person->config);
}

void people_free(struct people **people)
{
	if (*people == NULL)
		return;
	for (size_t i = 0; i < (*people)->count; i++)
		person_done(&(*people)->items[i]);
	alloc_free(&(*people)->items);
	alloc_free(people);
}

/* Where the uid stands, or would stand. */
static size_t place_of(const struct people *people, const char *uid, bool *found_out)
{
	size_t low = 0;
	size_t high = people->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int r = strcmp(people->items[middle].uid, uid);

		if (r == 0) {
			*found_out = true;
			return middle;
		}
		if (r < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*found_out = false;
	return low;
}

static void remove_at(struct people *people, size_t at)
{
	person_done(&people->items[at]);
	people->count--;
	memmove(&people->items[at], &people->items[at + 1],
		(people->count - at) * sizeof(*people->items));
}

size_t people_count(const struct people *people)
{
	return people->count;
}

const struct person *people_at(const struct people *people, size_t i)
{
	must(i < people->count);
	return &people->items[i];
}

const struct person *people_find(const struct people *people, const char *uid)
{
	bool found;
	size_t at = place_of(people, uid, &found);

	return found ? &people->items[at] : NULL;
}

static struct person *insert_at(struct people *people, size_t at, const char *uid)
{
	if (people->count == people->room) {
		people->room = people->room == 0 ? 16 : people->room * 2;
		people->items = alloc_grow(people->items, people->room, sizeof(*people->items));
	}
	memmove(&people->items[at + 1], &people->items[at],
		(people->count - at) * sizeof(*people->items));
	people->count++;
	people->items[at] = (struct person){.uid = alloc_text(uid)};
	return &people->items[at];
}

static bool same_stamp(struct person_stamp a, struct person_stamp b)
{
	return a.version == b.version && a.template_version == b.template_version &&
	       a.enabled == b.enabled;
}

bool people_known(struct people *people, const char *uid, struct person_stamp stamp)
{
	bool found;
	size_t at = place_of(people, uid, &found);

	if (!found || !same_stamp(people->items[at].stamp, stamp))
		return false;
	people->items[at].seen = true;
	return true;
}

void people_put(
	struct people *people, const char *uid, struct person_stamp stamp, struct config *config)
{
	bool found;
	size_t at = place_of(people, uid, &found);
	struct person *person = found ? &people->items[at] : insert_at(people, at, uid);

	config_free(&person->config);
	person->config = config;
	person->stamp = stamp;
	person->seen = true;
}

bool people_remove(struct people *people, const char *uid)
{
	bool found;
	size_t at = place_of(people, uid, &found);

	if (found)
		remove_at(people, at);
	return found;
}

void people_reading(struct people *people)
{
	for (size_t i = 0; i < people->count; i++)
		people->items[i].seen = false;
}

size_t people_read(struct people *people)
{
	size_t before = people->count;

	for (size_t i = people->count; i > 0; i--)
		if (!people->items[i - 1].seen)
			remove_at(people, i - 1);
	return before - people->count;
}
