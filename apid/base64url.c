/* base64url.c - see base64url.h. */
#include "apid/base64url.h"

#include <errno.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

int base64url_decode(const char *text, size_t length, uint8_t *out, size_t *length_out)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t used = 0;

	if (length % 4 == 1)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		int value = digit_value(text[i]);

		if (value < 0)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[used++] = (uint8_t)(bits >> held);
			bits &= (1U << held) - 1;
		}
	}
	if (bits)
		return -EINVAL;
	*length_out = used;
	return 0;
}

void base64url_encode(const uint8_t *bytes, size_t length, char *out)
{
	uint32_t bits = 0;
	unsigned held = 0;

	for (size_t i = 0; i < length; i++) {
		bits = bits << 8 | bytes[i];
		held += 8;
		while (held >= 6) {
			held -= 6;
			*out++ = alphabet[bits >> held & 63];
		}
		bits &= (1U << held) - 1;
	}
	if (held)
		*out++ = alphabet[bits << (6 - held) & 63];
	*out = '\0';
}
