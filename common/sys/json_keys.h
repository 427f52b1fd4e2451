/* json_keys.h - the keys of the objects that a scan stands in, unescaped, as a stack; for json_scan.c only. */
#pragma once

#include "common/sys/attr.h"

struct json_keys {
	char *pool; /* the keys' texts, each with its NUL */
	size_t pool_length, pool_room;
	struct json_key *keys;
	size_t count, room;
};

void json_keys_done(struct json_keys *keys);

/* raw is the inside of a string that the scan has found good; at is where it stands in the document. */
void json_keys_push(struct json_keys *keys, const char *raw, size_t length, size_t at);
void json_keys_cut(struct json_keys *keys, size_t count);
const char *json_keys_text(const struct json_keys *keys, size_t i); /* valid until the next push */
size_t json_keys_at(const struct json_keys *keys, size_t i);

/* The first of the keys from `first` on that equals an earlier one of them; keys->count when all differ. Puts them
 * into another order when all differ. */
size_t json_keys_repeated(struct json_keys *keys, size_t first);
