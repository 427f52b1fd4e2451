/* Which hosts are taken, as what account, and with which sentence the rest is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/alpaca/host.h"

enum {
	REFUSED = -1,
};

struct row {
	const char *url;
	int account; /* REFUSED = refused */
	const char *sentence;
};

static void test_trading(void **state)
{
	/* clang-format off */
	static const struct row rows[] = {
		{"https://api.alpaca.markets", ALPACA_LIVE, NULL},
		{"https://api.alpaca.markets/", ALPACA_LIVE, NULL},
		{"https://API.Alpaca.Markets", ALPACA_LIVE, NULL},
		{"https://paper-api.alpaca.markets", ALPACA_PAPER, NULL},
		{"https://paper-api.alpaca.markets:443", ALPACA_PAPER, NULL},
		{"http://127.0.0.1:8099", ALPACA_PAPER, NULL},
		{"https://127.0.0.1:8099", ALPACA_PAPER, NULL},
		{"http://localhost:1", ALPACA_PAPER, NULL},
		{"http://[::1]:8099", ALPACA_PAPER, NULL},
		{"http://paper-api.alpaca.markets", REFUSED, "off loopback"},
		{"http://api.alpaca.markets", REFUSED, "off loopback"},
		{"https://api.alpaca.markets:8443", REFUSED, "port 443"},
		{"https://api.alpaca.markets.evil.example", REFUSED, "not a host we know"},
		{"https://evil.example/api.alpaca.markets", REFUSED, "path"},
		{"https://evil.example", REFUSED, "not a host we know"},
		{"https://xapi.alpaca.markets", REFUSED, "not a host we know"},
		{"https://data.alpaca.markets", REFUSED, "not a host we know"},
		{"https://paper-api.alpaca.markets/v2", REFUSED, "path"},
		{"https://api.alpaca.markets@evil.example", REFUSED, "not a plain URL"},
		{"https://127.0.0.2", REFUSED, "not a host we know"},
		{"http://127.0.0.1.evil.example", REFUSED, "not a host we know"},
		{"wss://127.0.0.1:1", REFUSED, "not a host we know"},
		{"paper-api.alpaca.markets", REFUSED, "not a plain URL"},
		{"", REFUSED, "not a plain URL"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum alpaca_account account = ALPACA_PAPER;
		struct err err = {""};
		int r = alpaca_trading_host(rows[i].url, &account, &err);

		if ((r < 0) != (rows[i].account == REFUSED))
			fail_msg("%s: %s", rows[i].url, r < 0 ? err.text : "taken");
		if (r == 0 && (int)account != rows[i].account)
			fail_msg("%s: is %s", rows[i].url, alpaca_account_name(account));
		if (r < 0 && !strstr(err.text, rows[i].sentence))
			fail_msg("%s: says: %s", rows[i].url, err.text);
	}
}

static void test_live_gate(void **state)
{
	struct err err = {""};

	(void)state;
	assert_int_equal(alpaca_live_gate(ALPACA_PAPER, false, &err), 0);
	assert_int_equal(alpaca_live_gate(ALPACA_PAPER, true, &err), 0);
	assert_int_equal(alpaca_live_gate(ALPACA_LIVE, true, &err), 0);
	assert_true(alpaca_live_gate(ALPACA_LIVE, false, &err) < 0);
	assert_non_null(strstr(err.text, "ALPACA_ALLOW_LIVE"));
}

static void test_data(void **state)
{
	(void)state;
	assert_int_equal(alpaca_data_host("https://data.alpaca.markets", NULL), 0);
	assert_int_equal(alpaca_data_host("https://data.sandbox.alpaca.markets", NULL), 0);
	assert_int_equal(alpaca_data_host("http://localhost:9000", NULL), 0);
	assert_true(alpaca_data_host("https://api.alpaca.markets", NULL) < 0);
	assert_true(alpaca_data_host("http://data.alpaca.markets", NULL) < 0);
	assert_true(alpaca_data_host("wss://data.alpaca.markets", NULL) < 0);
	assert_true(alpaca_data_host("ws://127.0.0.1:9000", NULL) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trading),
		cmocka_unit_test(test_live_gate),
		cmocka_unit_test(test_data),
	};

	return cmocka_run_group_tests_name("alpaca/host", tests, NULL, NULL);
}
