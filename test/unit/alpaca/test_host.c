/* Which hosts are taken, as what account, and with which sentence the rest is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/alpaca/host.h"
#include "common/sys/alloc.h"

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

static void test_stream(void **state)
{
	/* clang-format off */
	static const struct {
		const char *url;
		enum alpaca_account account;
		const char *sentence; /* NULL: taken */
	} cases[] = {
		{"wss://paper-api.alpaca.markets/stream", ALPACA_PAPER, NULL},
		{"wss://api.alpaca.markets/stream", ALPACA_LIVE, NULL},
		{"ws://127.0.0.1:9000/stream", ALPACA_PAPER, NULL},
		{"wss://localhost:9000/stream", ALPACA_PAPER, NULL},
		{"wss://api.alpaca.markets/stream", ALPACA_PAPER, "another account"},
		{"wss://paper-api.alpaca.markets/stream", ALPACA_LIVE, "another account"},
		{"ws://127.0.0.1:9000/stream", ALPACA_LIVE, "another account"},
		{"ws://paper-api.alpaca.markets/stream", ALPACA_PAPER, "only wss"},
		{"wss://paper-api.alpaca.markets:8443/stream", ALPACA_PAPER, "port 443"},
		{"wss://stream.data.alpaca.markets/v2/iex", ALPACA_PAPER, "not a host we know"},
		{"wss://paper-api.alpaca.markets.evil.org/stream", ALPACA_PAPER, "not a host we know"},
		{"https://paper-api.alpaca.markets/stream", ALPACA_PAPER, "not a plain ws or wss URL"},
		{"wss://k@paper-api.alpaca.markets/stream", ALPACA_PAPER, "not a plain ws or wss URL"},
	};
	static const char *const derived[][2] = {
		{"https://paper-api.alpaca.markets", "wss://paper-api.alpaca.markets/stream"},
		{"https://api.alpaca.markets/", "wss://api.alpaca.markets/stream"},
		{"http://127.0.0.1:8099", "ws://127.0.0.1:8099/stream"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {""};
		int r = alpaca_stream_host(cases[i].url, cases[i].account, &err);

		if ((r < 0) != (cases[i].sentence != NULL) ||
			(r < 0 && !strstr(err.text, cases[i].sentence)))
			fail_msg("%s: %s", cases[i].url, r < 0 ? err.text : "taken");
	}
	for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++) {
		AUTO(alloc_free) char *url = alpaca_stream_url(derived[i][0]);
		assert_string_equal(url, derived[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trading),
		cmocka_unit_test(test_live_gate),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests_name("alpaca/host", tests, NULL, NULL);
}
