/* The header lines, and that nothing which could break out of a header becomes one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/alpaca/credentials.h"
#include "common/sys/attr.h"

static void test_headers(void **state)
{
	AUTO(alpaca_credentials_free) struct alpaca_credentials *credentials = NULL;

	(void)state;
	assert_int_equal(alpaca_credentials_new("PK1", "s3cr3t/+", &credentials, NULL), 0);
	const char *const *lines = alpaca_credentials_headers(credentials);
	assert_string_equal(lines[0], "APCA-API-KEY-ID: PK1");
	assert_string_equal(lines[1], "APCA-API-SECRET-KEY: s3cr3t/+");
	assert_null(lines[2]);
	lines = alpaca_credentials_json_headers(credentials);
	assert_string_equal(lines[0], "APCA-API-KEY-ID: PK1");
	assert_string_equal(lines[2], "Content-Type: application/json");
	assert_null(lines[3]);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		NULL, "", "a b", "a\r\nX-Evil: 1", "a\n", "tab\t", "\xc3\xa9", "\x7f"};

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct alpaca_credentials *credentials = NULL;
		struct err err = {""};

		assert_true(alpaca_credentials_new(bad[i], "s", &credentials, &err) < 0);
		assert_non_null(strstr(err.text, "ALPACA_API_KEY_ID"));
		assert_true(alpaca_credentials_new("k", bad[i], &credentials, &err) < 0);
		assert_non_null(strstr(err.text, "ALPACA_API_SECRET_KEY"));
		if (bad[i] && strlen(bad[i]) > 2)
			assert_null(strstr(err.text, bad[i]));
		assert_null(credentials);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("alpaca/credentials", tests, NULL, NULL);
}
