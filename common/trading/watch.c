/* watch.c - the union of watched symbols: append, then sort and fold when asked. */
#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/trading/watch.h"

struct watch {
	struct watch_entry *entries;
	size_t count;
	size_t room;
};

struct watch *watch_new(void)
{
	return alloc_zero(sizeof(struct watch));
}

void watch_free(struct watch **watch)
{
	if (!*watch)
		return;

	alloc_free(&(*watch)->entries);
	alloc_free(watch);
}

static void append(struct watch *watch, const struct watch_entry *entry)
{
	if (watch->count == watch->room) {
		watch->room = watch->room ? watch->room * 2 : 64;
		watch->entries = alloc_grow(watch->entries, watch->room, sizeof(*watch->entries));
	}
	watch->entries[watch->count++] = *entry;
}

void watch_add(struct watch *watch, const struct config *config, enum feed unnamed)
{
	const struct input *input;
	struct watch_entry entry;
	size_t i;

	for (input = config->inputs; input < config->inputs + config->ninputs; input++) {
		entry = (struct watch_entry){
			.asset_class = input->asset_class,
			.feed = input->feed == FEED_UNNAMED ? unnamed : input->feed,
			.metrics = input->metrics,
			.poll_interval_seconds = input->poll_interval_seconds,
		};
		for (i = 0; i < input->nsymbols; i++) {
			entry.symbol = input->symbols[i];
			append(watch, &entry);
		}
	}
}

static int compare(const void *left, const void *right)
{
	const struct watch_entry *a = left;
	const struct watch_entry *b = right;

	if (a->asset_class != b->asset_class)
		return a->asset_class < b->asset_class ? -1 : 1;
	if (a->feed != b->feed)
		return a->feed < b->feed ? -1 : 1;

	return strcmp(a->symbol.text, b->symbol.text);
}

static void fold(struct watch *watch)
{
	struct watch_entry *last = watch->entries;
	const struct watch_entry *next;

	for (next = last + 1; next < watch->entries + watch->count; next++) {
		if (compare(last, next) != 0) {
			*++last = *next;
			continue;
		}
		last->metrics |= next->metrics;
		if (next->poll_interval_seconds < last->poll_interval_seconds)
			last->poll_interval_seconds = next->poll_interval_seconds;
	}
	watch->count = (size_t)(last - watch->entries) + 1;
}

const struct watch_entry *watch_entries(struct watch *watch, size_t *count_out)
{
	if (watch->count) {
		qsort(watch->entries, watch->count, sizeof(*watch->entries), compare);
		fold(watch);
	}
	*count_out = watch->count;
	return watch->entries;
}
