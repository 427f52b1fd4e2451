/* uuid.c - see uuid.h; libuuid does the work. */
#include "common/sys/uuid.h"

#include <errno.h>
#include <string.h>

#include <uuid/uuid.h>

#include "common/sys/alloc.h"

#define FIELD_SEPARATOR '\x1f'

/*
 * The project's namespace: v5 of the DNS namespace and `hybridhub.invalid`,
 * 0dd2ad36-0a15-5bc9-8800-312134471513. Never to be changed: every id that a crash must find again hangs on it.
 */
static const uint8_t namespace_bytes[16] = {0x0d, 0xd2, 0xad, 0x36, 0x0a, 0x15, 0x5b, 0xc9, 0x88,
	0x00, 0x31, 0x21, 0x34, 0x47, 0x15, 0x13};

struct uuid uuid_random(void)
{
	struct uuid id;

	uuid_generate_random(id.bytes);
	return id;
}

struct uuid uuid_of_name(const char *const fields[], size_t count)
{
	AUTO(alloc_free) char *name = NULL;
	struct uuid id;
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		size_t field = strlen(fields[i]);

		name = alloc_grow(name, length + field + 1, 1);
		if (i > 0)
			name[length++] = FIELD_SEPARATOR;
		memcpy(name + length, fields[i], field);
		length += field;
	}
	uuid_generate_sha1(id.bytes, namespace_bytes, name ? name : "", length);
	return id;
}

int uuid_read(const char *text, struct uuid *out)
{
	struct uuid id;

	if (strlen(text) != UUID_TEXT - 1 || uuid_parse(text, id.bytes) < 0)
		return -EINVAL;
	*out = id;
	return 0;
}

void uuid_write(struct uuid id, char out[static UUID_TEXT])
{
	uuid_unparse_lower(id.bytes, out);
}

bool uuid_same(struct uuid a, struct uuid b)
{
	return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}
