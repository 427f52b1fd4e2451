/* keyed.h - things by text key: users by uid. The node stands first in its thing; the table owns only the keys. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct keyed_node {
	struct keyed_node *next;
	char *key;
};

enum {
	KEYED_BUCKETS = 1024,
};

struct keyed {
	struct keyed_node *buckets[KEYED_BUCKETS];
	size_t count;
};

struct keyed_node *keyed_find(const struct keyed *keyed, const char *key);
void keyed_add(
	struct keyed *keyed, const char *key, struct keyed_node *node); /* the key is copied */
void keyed_remove(struct keyed *keyed, struct keyed_node *node);	/* frees the key */
/* In no order. fn may remove the node that it is given, and no other. */
void keyed_each(struct keyed *keyed, void (*fn)(struct keyed_node *node, void *owner), void *owner);
