/* What the broker's order object says, and whether it is ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/sys/alloc.h"
#include "tradectl/echo.h"

#define ID "h1-0123456789abcdef0123456789abcdef"
#define BROKER_ID "\"id\":\"0b8e7c8a-7f3c-4b64-9f0e-0f2a3b4c5d6e\""
#define HEAD                                                                                       \
	"{" BROKER_ID ",\"client_order_id\":\"" ID                                                 \
	"\",\"symbol\":\"SPY\",\"side\":\"buy\",\"type\":\"market\","
#define TAIL                                                                                       \
	",\"time_in_force\":\"day\",\"limit_price\":null,\"status\":\"pending_new\",\"filled_"     \
	"qty\":\"0\"}"

struct row {
	const char *name;
	const char *body;
	const char *differs; /* NULL = ours; "-" = not an order object */
};

static const struct terms ten_dollars = {
	ID, "SPY", "buy", "market", "day", .has_notional = true, .notional = {10 * DECIMAL_ONE}};

/* clang-format off */
static const struct row dollar_rows[] = {
	{"10", HEAD "\"notional\":\"10\",\"qty\":null" TAIL, NULL},
	{"10.00", HEAD "\"notional\":\"10.00\",\"qty\":null" TAIL, NULL},
	{"a number 10", HEAD "\"notional\":10,\"qty\":null" TAIL, NULL},
	{"a number 1e1", HEAD "\"notional\":1e1,\"qty\":null" TAIL, NULL},
	{"no qty key", HEAD "\"notional\":\"10\"" TAIL, NULL},
	{"10.01", HEAD "\"notional\":\"10.01\",\"qty\":null" TAIL, "notional"},
	{"100", HEAD "\"notional\":\"100\",\"qty\":null" TAIL, "notional"},
	{"notional null", HEAD "\"notional\":null,\"qty\":\"10\"" TAIL, "notional"},
	{"notional absent", HEAD "\"qty\":null" TAIL, "notional"},
	{"a qty beside it", HEAD "\"notional\":\"10\",\"qty\":\"1\"" TAIL, "qty"},
	{"a limit price", HEAD "\"notional\":\"10\",\"qty\":null,\"time_in_force\":\"day\",\"limit_price\":\"1\",\"status\":\"new\",\"filled_qty\":\"0\"}", "limit_price"},
	{"extended hours false", HEAD "\"notional\":\"10\",\"extended_hours\":false" TAIL, NULL},
	{"extended hours true", HEAD "\"notional\":\"10\",\"extended_hours\":true" TAIL, "extended_hours"},
	{"other id", "{" BROKER_ID ",\"client_order_id\":\"h1-ff\",\"symbol\":\"SPY\",\"side\":\"buy\",\"type\":\"market\",\"notional\":\"10\"" TAIL, "client_order_id"},
	{"id in capitals", "{" BROKER_ID ",\"client_order_id\":\"H1-0123456789ABCDEF0123456789ABCDEF\",\"symbol\":\"SPY\",\"side\":\"buy\",\"type\":\"market\",\"notional\":\"10\"" TAIL, "client_order_id"},
	{"other symbol", "{" BROKER_ID ",\"client_order_id\":\"" ID "\",\"symbol\":\"SPX\",\"side\":\"buy\",\"type\":\"market\",\"notional\":\"10\"" TAIL, "symbol"},
	{"other side", "{" BROKER_ID ",\"client_order_id\":\"" ID "\",\"symbol\":\"SPY\",\"side\":\"sell\",\"type\":\"market\",\"notional\":\"10\"" TAIL, "side"},
	{"other type", "{" BROKER_ID ",\"client_order_id\":\"" ID "\",\"symbol\":\"SPY\",\"side\":\"buy\",\"type\":\"limit\",\"notional\":\"10\"" TAIL, "type"},
	{"old name of type", "{" BROKER_ID ",\"client_order_id\":\"" ID "\",\"symbol\":\"SPY\",\"side\":\"buy\",\"order_type\":\"market\",\"notional\":\"10\"" TAIL, NULL},
	{"other time in force", HEAD "\"notional\":\"10\",\"time_in_force\":\"gtc\",\"status\":\"new\",\"filled_qty\":\"0\"}", "time_in_force"},
	{"status of tomorrow", HEAD "\"notional\":\"10\",\"time_in_force\":\"day\",\"status\":\"teleported\",\"filled_qty\":\"0\",\"novel\":[1]}", NULL},
	{"no broker id", "{\"client_order_id\":\"" ID "\",\"symbol\":\"SPY\",\"side\":\"buy\",\"type\":\"market\",\"notional\":\"10\"" TAIL, "-"},
	{"no status", HEAD "\"notional\":\"10\",\"time_in_force\":\"day\",\"filled_qty\":\"0\"}", "-"},
	{"no filled_qty", HEAD "\"notional\":\"10\",\"time_in_force\":\"day\",\"status\":\"new\"}", "-"},
	{"notional no number", HEAD "\"notional\":\"ten\"" TAIL, "-"},
	{"notional below zero", HEAD "\"notional\":\"-10\"" TAIL, "-"},
	{"notional beyond 64 bits", HEAD "\"notional\":\"1e30\"" TAIL, "-"},
	{"filled_at no time", HEAD "\"notional\":\"10\",\"filled_at\":\"soon\"" TAIL, "-"},
	{"a key twice", HEAD "\"notional\":\"10\",\"notional\":\"10\"" TAIL, "-"},
	{"empty object", "{}", "-"},
	{"array", "[]", "-"},
	{"html", "<html>200 OK</html>", "-"},
	{"half", "{\"id\":\"0b8e", "-"},
	{"nothing", "", "-"},
};

static const struct row share_rows[] = {
	{"0.5", HEAD "\"notional\":null,\"qty\":\"0.5\"" TAIL, NULL},
	{"0.500000000", HEAD "\"notional\":null,\"qty\":\"0.500000000\"" TAIL, NULL},
	{"0.500000001", HEAD "\"notional\":null,\"qty\":\"0.500000001\"" TAIL, "qty"},
	{"qty null", HEAD "\"notional\":null,\"qty\":null" TAIL, "qty"},
	{"a notional beside it", HEAD "\"notional\":\"10\",\"qty\":\"0.5\"" TAIL, "notional"},
};

#define LIMIT(type, tif, price, more)                                                              \
	"{" BROKER_ID ",\"client_order_id\":\"" ID                                                 \
	"\",\"symbol\":\"SPY\",\"side\":\"buy\",\"type\":\"" type                                  \
	"\",\"time_in_force\":\"" tif "\",\"limit_price\":" price more                              \
	",\"notional\":null,\"qty\":\"2\",\"status\":\"new\",\"filled_qty\":\"0\"}"

static const struct row limit_rows[] = {
	{"489.5", LIMIT("limit", "gtc", "\"489.5\"", ",\"extended_hours\":true"), NULL},
	{"489.50", LIMIT("limit", "gtc", "\"489.50\"", ",\"extended_hours\":true"), NULL},
	{"a number", LIMIT("limit", "gtc", "489.5", ",\"extended_hours\":true"), NULL},
	{"a number with an exponent", LIMIT("limit", "gtc", "4.895e2", ",\"extended_hours\":true"), NULL},
	{"a cent more", LIMIT("limit", "gtc", "\"489.51\"", ",\"extended_hours\":true"), "limit_price"},
	{"no price", LIMIT("limit", "gtc", "null", ",\"extended_hours\":true"), "limit_price"},
	{"for the day", LIMIT("limit", "day", "\"489.5\"", ",\"extended_hours\":true"), "time_in_force"},
	{"at the market", LIMIT("market", "gtc", "\"489.5\"", ",\"extended_hours\":true"), "type"},
	{"regular hours only", LIMIT("limit", "gtc", "\"489.5\"", ",\"extended_hours\":false"), "extended_hours"},
};

/* clang-format on */

static void compare(const struct row *row, const struct terms *terms)
{
	AUTO(echo_free) struct echo *echo = NULL;
	struct err err = {""};
	int r = echo_read(row->body, strlen(row->body), &echo, &err);
	const char *differs = r < 0 ? "-" : echo_differs(echo, terms);

	if (strcmp(differs ? differs : "", row->differs ? row->differs : "") != 0)
		fail_msg("%s: differs in %s (%s)", row->name, differs ? differs : "nothing",
			err.text);
}

static void test_dollars(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(dollar_rows); i++)
		compare(&dollar_rows[i], &ten_dollars);
}

static void test_shares(void **state)
{
	static const struct terms half = {
		ID, "SPY", "buy", "market", "day", .has_qty = true, .qty = {DECIMAL_ONE / 2}};

	(void)state;
	for (size_t i = 0; i < LENGTH(share_rows); i++)
		compare(&share_rows[i], &half);
}

static void test_limit(void **state)
{
	static const struct terms limit = {ID, "SPY", "buy", "limit", "gtc", .has_qty = true,
		.qty = {2 * DECIMAL_ONE}, .has_limit_price = true,
		.limit_price = {INT64_C(489500000000)}, .extended_hours = true};

	(void)state;
	for (size_t i = 0; i < LENGTH(limit_rows); i++)
		compare(&limit_rows[i], &limit);
}

static void test_kept(void **state)
{
	static const char body[] = HEAD
		"\"notional\":\"10.00\",\"filled_avg_price\":86.8781234567,"
		"\"filled_at\":\"2026-10-08T15:10:18.097999999Z\",\"legs\":null,\"hwm\":\"9\"" TAIL;
	AUTO(echo_free) struct echo *echo = NULL;

	(void)state;
	assert_int_equal(echo_read(body, sizeof(body) - 1, &echo, NULL), 0);
	AUTO(alloc_free) char *kept = echo_json(echo);
	assert_non_null(strstr(kept, "\"notional\":\"10\""));
	assert_non_null(strstr(kept, "\"filled_avg_price\":\"86.878123457\""));
	assert_non_null(strstr(kept, "\"filled_at\":\"2026-10-08T15:10:18.097999Z\""));
	assert_non_null(strstr(kept, "\"status\":\"pending_new\""));
	assert_non_null(strstr(kept, "\"qty\":null"));
	assert_null(strstr(kept, "hwm"));
	assert_string_equal(echo_client_order_id(echo), ID);
	assert_string_equal(echo_id(echo), "0b8e7c8a-7f3c-4b64-9f0e-0f2a3b4c5d6e");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dollars),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_kept),
	};

	return cmocka_run_group_tests_name("tradectl/echo", tests, NULL, NULL);
}
