/* json_keys.c - see json_keys.h. Equal keys are found by sorting: a hostile object of 65,536 keys costs no square. */
#include "common/sys/json_keys.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/utf8.h"

struct json_key {
	size_t pool_at; /* of its text in the pool */
	size_t at;	/* in the document */
};

void json_keys_done(struct json_keys *keys)
{
	alloc_free(&keys->pool);
	alloc_free(&keys->keys);
}

static uint32_t hex4(const char *text)
{
	uint32_t code = 0;

	for (int i = 0; i < 4; i++) {
		uint32_t digit = (uint8_t)text[i];

		code = code << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
	}
	return code;
}

/* Writes what the escape behind a backslash stands for; moves *raw behind it. */
static size_t unescape(const char **raw, char out[static 4])
{
	static const char names[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";
	const char *name = strchr(names, **raw);
	uint32_t code, low;

	(*raw)++;
	if (name) {
		out[0] = means[name - names];
		return 1;
	}
	code = hex4(*raw);
	*raw += 4;
	if (code >= 0xd800 && code <= 0xdbff) {
		low = hex4(*raw + 2);
		*raw += 6;
		code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
	}
	return utf8_write(code, out);
}

static void reserve(struct json_keys *keys, size_t bytes)
{
	if (keys->pool_room - keys->pool_length < bytes) {
		keys->pool_room = keys->pool_room * 2 + bytes;
		keys->pool = alloc_grow(keys->pool, keys->pool_room, 1);
	}
	if (keys->count == keys->room) {
		keys->room = keys->room * 2 + 16;
		keys->keys = alloc_grow(keys->keys, keys->room, sizeof(*keys->keys));
	}
}

void json_keys_push(struct json_keys *keys, const char *raw, size_t length, size_t at)
{
	const char *end = raw + length;
	char character[4];
	size_t size;

	/* Unescaping never makes a text longer. */
	reserve(keys, length + 1);
	keys->keys[keys->count++] = (struct json_key){.pool_at = keys->pool_length, .at = at};
	while (raw < end) {
		if (*raw != '\\') {
			keys->pool[keys->pool_length++] = *raw++;
			continue;
		}
		raw++;
		size = unescape(&raw, character);
		memcpy(keys->pool + keys->pool_length, character, size);
		keys->pool_length += size;
	}
	keys->pool[keys->pool_length++] = '\0';
}

static int order_by_pool(const void *a, const void *b)
{
	const struct json_key *one = a, *other = b;

	return (one->pool_at > other->pool_at) - (one->pool_at < other->pool_at);
}

static int order_by_text(const void *a, const void *b, void *pool)
{
	const struct json_key *one = a, *other = b;
	const char *texts = pool;
	int order = strcmp(texts + one->pool_at, texts + other->pool_at);

	return order ? order : order_by_pool(a, b);
}

void json_keys_cut(struct json_keys *keys, size_t count)
{
	if (count == keys->count)
		return;
	/* The order within an object may be lost; its lowest text is where the pool ends now. */
	for (size_t i = count; i < keys->count; i++) {
		if (keys->keys[i].pool_at < keys->pool_length)
			keys->pool_length = keys->keys[i].pool_at;
	}
	keys->count = count;
}

const char *json_keys_text(const struct json_keys *keys, size_t i)
{
	return keys->pool + keys->keys[i].pool_at;
}

size_t json_keys_at(const struct json_keys *keys, size_t i)
{
	return keys->keys[i].at;
}

size_t json_keys_repeated(struct json_keys *keys, size_t first)
{
	size_t count = keys->count - first, repeated = keys->count;
	size_t lowest = SIZE_MAX;

	if (count < 2)
		return keys->count;
	qsort_r(keys->keys + first, count, sizeof(*keys->keys), order_by_text, keys->pool);
	for (size_t i = first + 1; i < keys->count; i++) {
		if (strcmp(json_keys_text(keys, i - 1), json_keys_text(keys, i)) == 0 &&
			keys->keys[i].at < lowest) {
			lowest = keys->keys[i].at;
			repeated = i;
		}
	}
	return repeated;
}
