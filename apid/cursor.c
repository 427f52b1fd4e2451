/* cursor.c - see cursor.h. */
#include "apid/cursor.h"

#include <errno.h>
#include <string.h>

#include "apid/base64url.h"

enum {
	CURSOR_BYTES = 8 + 16,
	CURSOR_LENGTH = BASE64URL_TEXT(CURSOR_BYTES) - 1,
};

void cursor_write(struct cursor cursor, char out[static CURSOR_TEXT])
{
	uint8_t bytes[CURSOR_BYTES];
	uint64_t at = (uint64_t)cursor.at.us;

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(at >> (56 - 8 * i));
	memcpy(bytes + 8, cursor.id.bytes, 16);
	base64url_encode(bytes, sizeof(bytes), out);
}

/* 9999-12-31T23:59:59Z: what is later was made up, and Postgres would not read its text. */
#define END_OF_TIME_US UINT64_C(253402300799000000)

int cursor_read(const char *text, struct cursor *cursor_out)
{
	uint8_t bytes[BASE64URL_BYTES(CURSOR_LENGTH)];
	uint64_t at = 0;
	size_t length;

	if (strlen(text) != CURSOR_LENGTH)
		return -EINVAL;
	if (base64url_decode(text, CURSOR_LENGTH, bytes, &length) < 0)
		return -EINVAL;
	for (int i = 0; i < 8; i++)
		at = at << 8 | bytes[i];
	if (at > END_OF_TIME_US)
		return -EINVAL;
	cursor_out->at = (struct wall){(int64_t)at};
	memcpy(cursor_out->id.bytes, bytes + 8, 16);
	return 0;
}
