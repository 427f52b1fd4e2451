/* keyed.c - see keyed.h. */
#include "apid/keyed.h"

#include <stdint.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"

/* FNV-1a. */
static size_t bucket_of(const char *key)
{
	uint32_t hash = 2166136261U;

	for (; *key; key++)
		hash = (uint32_t)((hash ^ (unsigned char)*key) * UINT64_C(16777619));
	return hash % KEYED_BUCKETS;
}

struct keyed_node *keyed_find(const struct keyed *keyed, const char *key)
{
	struct keyed_node *node = keyed->buckets[bucket_of(key)];

	while (node && strcmp(node->key, key) != 0)
		node = node->next;
	return node;
}

void keyed_add(struct keyed *keyed, const char *key, struct keyed_node *node)
{
	struct keyed_node **bucket = &keyed->buckets[bucket_of(key)];

	node->key = alloc_text(key);
	node->next = *bucket;
	*bucket = node;
	keyed->count++;
}

void keyed_remove(struct keyed *keyed, struct keyed_node *node)
{
	struct keyed_node **place = &keyed->buckets[bucket_of(node->key)];

	while (*place != node) {
		must(*place);
		place = &(*place)->next;
	}
	*place = node->next;
	keyed->count--;
	alloc_free(&node->key);
}

void keyed_each(struct keyed *keyed, void (*fn)(struct keyed_node *node, void *owner), void *owner)
{
	for (size_t i = 0; i < KEYED_BUCKETS; i++) {
		struct keyed_node *node = keyed->buckets[i];

		while (node) {
			struct keyed_node *next = node->next;

			fn(node, owner);
			node = next;
		}
	}
}
