/* test_utf8.c - each code point there and back, and what is none. */
#include "test/unit/unit.h"

#include "common/sys/utf8.h"

static void reads_what_it_writes(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 61) {
		char bytes[4];
		uint32_t read = UINT32_MAX;
		size_t size;

		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		size = utf8_write(code, bytes);
		want_i64("size", size, code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
		want_i64("read", utf8_read(bytes, size, &read), size);
		want_i64("code", read, code);
		for (size_t cut = 1; cut < size; cut++)
			want_i64("cut", utf8_read(bytes, cut, &read), 0);
	}
}

static void refuses(void **state)
{
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x9f\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80",
		"\xfe",
		"\xff",
		"\xc3(",
		"\xe2\x82(",
		"\xf0\x9f\x98(",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		uint32_t code = 7;

		want_i64(bad[i], utf8_read(bad[i], strlen(bad[i]), &code), 0);
		want_i64(bad[i], code, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
