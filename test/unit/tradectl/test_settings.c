/* The rules across settings: every combination of host, live switch, trading switch and keys. */
#include <stdio.h>

#include "test/unit/unit.h"
#include "tradectl/settings.h"

#define PAPER "https://paper-api.alpaca.markets"
#define LIVE "https://api.alpaca.markets"
#define LOOPBACK "http://127.0.0.1:8099"

struct row {
	const char *name;
	const char *url;
	bool allow_live, trading;
	const char *key_id, *secret;
	bool test_mode;
	const char *refusal; /* NULL = fine; else part of the sentence */
};

/* clang-format off */
static const struct row rows[] = {
	{"paper", PAPER, false, true, "k", "s", false, NULL},
	{"paper with the live switch", PAPER, true, true, "k", "s", false, NULL},
	{"loopback", LOOPBACK, false, true, "k", "s", false, NULL},
	{"live without the switch", LIVE, false, true, "k", "s", false, "ALPACA_ALLOW_LIVE"},
	{"live without the switch, trading off", LIVE, false, false, "k", "s", false, "ALPACA_ALLOW_LIVE"},
	{"live with the switch", LIVE, true, true, "k", "s", false, NULL},
	{"another host", "https://example.com", true, true, "k", "s", false, "ALPACA_TRADING_BASE_URL"},
	{"no TLS", "http://paper-api.alpaca.markets", false, true, "k", "s", false, "off loopback"},
	{"no keys", PAPER, false, true, NULL, NULL, false, "ALPACA_API_KEY_ID"},
	{"no secret", PAPER, false, true, "k", NULL, false, "ALPACA_API_SECRET_KEY"},
	{"no keys, trading off", PAPER, false, false, NULL, NULL, false, NULL},
	{"half the keys, trading off", PAPER, false, false, NULL, "s", false, "ALPACA_API_KEY_ID"},
	{"test mode without keys", PAPER, false, true, NULL, NULL, true, NULL},
	{"test mode with keys", LOOPBACK, true, true, "k", "s", true, NULL},
	{"test mode and the live host", LIVE, true, true, "k", "s", true, "QUESTION_PIPELINE_TEST_MODE"},
	{"test mode and another host", "https://example.com", true, true, NULL, NULL, true, "ALPACA_TRADING_BASE_URL"},
	{"a line break in the key", PAPER, false, true, "k\nX: y", "s", false, "ALPACA_API_KEY_ID"},
};

/* clang-format on */

static void test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct row *row = &rows[i];
		char url[64], key_id[16], secret[16];
		struct err err = {""};

		snprintf(url, sizeof(url), "%s", row->url);
		snprintf(key_id, sizeof(key_id), "%s", row->key_id ? row->key_id : "");
		snprintf(secret, sizeof(secret), "%s", row->secret ? row->secret : "");
		const struct tradectl_settings settings = {
			.trading_url = url,
			.allow_live = row->allow_live,
			.test_mode = row->test_mode,
			.key_id = row->key_id ? key_id : NULL,
			.secret = row->secret ? secret : NULL,
		};
		const struct daemon_settings common = {.trading_enabled = row->trading};
		int r = tradectl_settings_check(&settings, &common, &err);

		want_true(row->name, (r < 0) == (row->refusal != NULL));
		if (row->refusal)
			want_true(row->name, strstr(err.text, row->refusal) != NULL);
	}
}

static void test_ca_file(void **state)
{
	char url[] = LOOPBACK, missing[] = "/nonexistent/ca.pem", key[] = "k";
	const struct tradectl_settings settings = {
		.trading_url = url, .ca_file = missing, .key_id = key, .secret = key};
	const struct daemon_settings common = {.trading_enabled = true};
	struct err err = {""};

	(void)state;
	assert_true(tradectl_settings_check(&settings, &common, &err) < 0);
	assert_non_null(strstr(err.text, missing));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_ca_file),
	};

	return cmocka_run_group_tests_name("tradectl/settings", tests, NULL, NULL);
}
