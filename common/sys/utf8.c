/* utf8.c - see utf8.h. */
#include "common/sys/utf8.h"

/* The first byte tells the length; the smallest code point of each length keeps overlong forms out. */
static const struct {
	uint8_t mask, mark;
	uint32_t smallest;
} shapes[] = {
	{0x80, 0x00, 0},
	{0xe0, 0xc0, 0x80},
	{0xf0, 0xe0, 0x800},
	{0xf8, 0xf0, 0x10000},
};

size_t utf8_read(const char *bytes, size_t length, uint32_t *code_out)
{
	uint8_t first = (uint8_t)bytes[0];
	uint32_t code;

	for (size_t more = 0; more < 4; more++) {
		if ((first & shapes[more].mask) != shapes[more].mark)
			continue;
		if (length < more + 1)
			return 0;
		code = first & (uint8_t)~shapes[more].mask;
		for (size_t i = 1; i <= more; i++) {
			if (((uint8_t)bytes[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | ((uint8_t)bytes[i] & 0x3f);
		}
		if (code < shapes[more].smallest || code > 0x10ffff ||
			(code >= 0xd800 && code <= 0xdfff))
			return 0;
		*code_out = code;
		return more + 1;
	}
	return 0;
}

size_t utf8_write(uint32_t code, char out[static 4])
{
	size_t more = 0;

	while (more < 3 && code >= shapes[more + 1].smallest)
		more++;
	for (size_t i = more; i > 0; i--) {
		out[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	out[0] = (char)(shapes[more].mark | code);
	return more + 1;
}
