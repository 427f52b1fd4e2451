/* Golden texts of what is sent to the broker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/sys/alloc.h"
#include "tradectl/body.h"

#define ID "h1-0123456789abcdef0123456789abcdef"
#define ORDER(what, way, kind, term)                                                               \
	.client_order_id = ID, .symbol = what, .side = way, .order_type = kind,                    \
	.time_in_force = term
#define DOLLARS(text_cents) .has_notional = true, .notional = {(text_cents) * (DECIMAL_ONE / 100)}
#define QTY(nanos) .has_qty = true, .qty = {(nanos)}
#define LIMIT(nanos) .has_limit_price = true, .limit_price = {(nanos)}

struct row {
	const char *name;
	struct terms terms;
	const char *body;     /* NULL = refused */
	const char *sentence; /* part of it */
};

/* clang-format off */
static const struct row rows[] = {
	{"market buy of 10 USD",
		{ORDER("SPY", "buy", "market", "day"), DOLLARS(1000)},
		"{\"symbol\":\"SPY\",\"notional\":\"10\",\"side\":\"buy\",\"type\":\"market\",\"time_in_force\":\"day\",\"client_order_id\":\"" ID "\"}", NULL},
	{"cents",
		{ORDER("BTC/USD", "buy", "market", "gtc"), DOLLARS(1050)},
		"{\"symbol\":\"BTC/USD\",\"notional\":\"10.5\",\"side\":\"buy\",\"type\":\"market\",\"time_in_force\":\"gtc\",\"client_order_id\":\"" ID "\"}", NULL},
	{"sell of nine decimals",
		{ORDER("KO", "sell", "market", "day"), QTY(57436865)},
		"{\"symbol\":\"KO\",\"qty\":\"0.057436865\",\"side\":\"sell\",\"type\":\"market\",\"time_in_force\":\"day\",\"client_order_id\":\"" ID "\"}", NULL},
	{"limit",
		{ORDER("KO", "buy", "limit", "gtc"), QTY(2 * DECIMAL_ONE), LIMIT(INT64_C(290120000000)), .extended_hours = true},
		"{\"symbol\":\"KO\",\"qty\":\"2\",\"side\":\"buy\",\"type\":\"limit\",\"time_in_force\":\"gtc\",\"limit_price\":\"290.12\",\"extended_hours\":true,\"client_order_id\":\"" ID "\"}", NULL},
	{"a limit below a dollar",
		{ORDER("KO", "sell", "limit", "day"), QTY(500000000), LIMIT(123400000)},
		"{\"symbol\":\"KO\",\"qty\":\"0.5\",\"side\":\"sell\",\"type\":\"limit\",\"time_in_force\":\"day\",\"limit_price\":\"0.1234\",\"client_order_id\":\"" ID "\"}", NULL},
	{"a third decimal", {ORDER("KO", "buy", "limit", "day"), QTY(DECIMAL_ONE), LIMIT(INT64_C(290123000000))}, NULL, "finer than the exchange takes"},
	{"a fifth below a dollar", {ORDER("KO", "buy", "limit", "day"), QTY(DECIMAL_ONE), LIMIT(123450000)}, NULL, "finer than the exchange takes"},
	{"no size", {ORDER("KO", "buy", "market", "day")}, NULL, "exactly one"},
	{"two sizes", {ORDER("KO", "buy", "market", "day"), DOLLARS(100), QTY(1)}, NULL, "exactly one"},
	{"nothing", {ORDER("KO", "buy", "market", "day"), DOLLARS(0)}, NULL, "not positive"},
	{"less than nothing", {ORDER("KO", "buy", "market", "day"), QTY(-1)}, NULL, "not positive"},
	{"a tenth of a cent", {ORDER("KO", "buy", "market", "day"), .has_notional = true, .notional = {DECIMAL_ONE + 1000000}}, NULL, "finer than cents"},
	{"limit without price", {ORDER("KO", "buy", "limit", "day"), QTY(1)}, NULL, "without a limit price"},
	{"market with price", {ORDER("KO", "buy", "market", "day"), QTY(1), LIMIT(1)}, NULL, "with a limit price"},
	{"price of nothing", {ORDER("KO", "buy", "limit", "day"), QTY(1), LIMIT(0)}, NULL, "not positive"},
	{"market in extended hours", {ORDER("KO", "buy", "market", "day"), QTY(1), .extended_hours = true}, NULL, "extended"},
};

/* clang-format on */

static void test_golden(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		AUTO(alloc_free) char *text = NULL;
		struct err err = {""};
		int r = body_of_order(&rows[i].terms, &text, &err);

		if ((r == 0) != (rows[i].body != NULL))
			fail_msg("%s: %s", rows[i].name, r < 0 ? err.text : text);
		if (r == 0 && strcmp(text, rows[i].body) != 0)
			fail_msg("%s: %s", rows[i].name, text);
		if (r < 0 && !strstr(err.text, rows[i].sentence))
			fail_msg("%s: says: %s", rows[i].name, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden)};

	return cmocka_run_group_tests_name("tradectl/body", tests, NULL, NULL);
}
