/* test_cursor.c - base64url, strictly, and cursors in it. */
#include "apid/cursor.h"

#include <errno.h>

#include "apid/base64url.h"
#include "test/unit/unit.h"

static void encodes(void **state)
{
	static const struct {
		const char *bytes, *text;
	} cases[] = {
		{"", ""},
		{"f", "Zg"},
		{"fo", "Zm8"},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg"},
		{"fooba", "Zm9vYmE"},
		{"foobar", "Zm9vYmFy"},
		{"\xfb\xff\xfe", "-__-"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		uint8_t bytes[BASE64URL_BYTES(8)];
		char text[BASE64URL_TEXT(6)];
		size_t length = 99;

		base64url_encode((const uint8_t *)cases[i].bytes, strlen(cases[i].bytes), text);
		want_str("encoded", text, cases[i].text);
		want_i64(text, base64url_decode(text, strlen(text), bytes, &length), 0);
		want_i64(text, length, strlen(cases[i].bytes));
		want_true(text, memcmp(bytes, cases[i].bytes, length) == 0);
	}
}

static void refuses_other_spellings(void **state)
{
	static const char *const texts[] = {"Zg==", "Zg=", "Z", "Zh", "Zm9", "Zm+v", "Zm/v",
		"Zm9v\n", " Zm9v", "Zm9v Zm9v", "Zm9vY"};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		uint8_t bytes[BASE64URL_BYTES(16)];
		size_t length;

		want_i64(texts[i], base64url_decode(texts[i], strlen(texts[i]), bytes, &length),
			-EINVAL);
	}
}

static void turns_pages(void **state)
{
	struct cursor cursor = {.at = {INT64_C(1764081000123456)}}, back;
	char text[CURSOR_TEXT];

	(void)state;
	want_i64("id", uuid_read("01234567-89ab-4def-8123-456789abcdef", &cursor.id), 0);
	cursor_write(cursor, text);
	want_i64("round trip", cursor_read(text, &back), 0);
	want_i64("time", back.at.us, cursor.at.us);
	want_true("id", uuid_same(back.id, cursor.id));
	text[3] = '!';
	want_i64("changed", cursor_read(text, &back), -EINVAL);
	want_i64("made up", cursor_read("f_______________________________", &back), -EINVAL);
	want_i64("before time", cursor_read("________________________________", &back), -EINVAL);
	want_i64("empty", cursor_read("", &back), -EINVAL);
	want_i64("short", cursor_read("AAAA", &back), -EINVAL);
	want_i64("SQL", cursor_read("' or 1=1 --                      ", &back), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes),
		cmocka_unit_test(refuses_other_spellings),
		cmocka_unit_test(turns_pages),
	};

	return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
