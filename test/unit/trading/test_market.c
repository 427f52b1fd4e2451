/* test_market.c - which quotes have a midpoint, which row is the newest, which prices need a witness. */
#include "common/trading/market.h"
#include "common/trading/suspect.h"
#include "test/unit/trading/data.h"

static void test_midpoint(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *bid, *ask, *midpoint;
	} quotes[] = {
		{"plain", "99.9", "100.1", "100"},
		{"one price", "100", "100", "100"},
		{"exactly 1 %", "99.5", "100.5", "100"},
		{"a nano wider", "99.499999999", "100.5", NULL},
		{"IEX's hundreds of dollars", "100", "900", NULL},
		{"crossed", "100.1", "100", NULL},
		{"no bid", "0", "100", NULL},
		{"no ask", "100", "0", NULL},
		{"the largest", "9223372036.854775807", "9223372036.854775807", "9223372036.854775807"},
	};

	/* clang-format on */
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(quotes); i++) {
		struct observation quote = {.bid = usd(quotes[i].bid), .ask = usd(quotes[i].ask)};
		struct price midpoint = {7};

		want_i64(quotes[i].name, market_midpoint(&quote, &midpoint),
			quotes[i].midpoint != NULL);
		want_i64(quotes[i].name, midpoint.nano,
			quotes[i].midpoint ? nano(quotes[i].midpoint) : 7);
	}
}

static void test_find(void **state)
{
	struct observation rows[] = {
		{.symbol = {"SPY"}, .feed = FEED_SIP, .as_of = {5}},
		{.symbol = {"SPY"}, .feed = FEED_IEX, .as_of = {9}},
		{.symbol = {"SPY"}, .feed = FEED_SIP, .as_of = {8}, .metric = METRIC_DAILY_BAR},
		{.symbol = {"SPY"}, .feed = FEED_US, .as_of = {99}, .asset_class = ASSET_CRYPTO},
	};
	struct market market = {rows, LENGTH(rows)};

	(void)state;
	want_true("feed", market_find(&market, "SPY", ASSET_US_EQUITY, FEED_SIP,
				  METRIC_LAST_TRADE) == &rows[0]);
	want_true("newest of any", market_find(&market, "SPY", ASSET_US_EQUITY, FEED_UNNAMED,
					   METRIC_LAST_TRADE) == &rows[1]);
	want_true("metric", market_find(&market, "SPY", ASSET_US_EQUITY, FEED_UNNAMED,
				    METRIC_DAILY_BAR) == &rows[2]);
	want_true(
		"none", !market_find(&market, "SPY", ASSET_US_EQUITY, FEED_SIP, METRIC_MINUTE_BAR));
	want_true("none",
		!market_find(&market, "QQQ", ASSET_US_EQUITY, FEED_UNNAMED, METRIC_LAST_TRADE));
}

static void test_suspect(void **state)
{
	struct observation quote = {
		.metric = METRIC_LAST_QUOTE, .bid = usd("100"), .ask = usd("100")};
	struct observation bar = {.metric = METRIC_MINUTE_BAR, .price = usd("100")};

	(void)state;
	want_true("20 % down", !suspect_jump(usd("80"), usd("100")));
	want_true("more", suspect_jump(usd("79.999999999"), usd("100")));
	want_true("20 % up", !suspect_jump(usd("120"), usd("100")));
	want_true("more", suspect_jump(usd("120.000000001"), usd("100")));
	want_true("no close", !suspect_jump(usd("80"), usd("0")));
	want_true("5 % off", !suspect_far_from_quote(usd("105"), &quote));
	want_true("more", suspect_far_from_quote(usd("105.01"), &quote));
	want_true("agrees", suspect_agrees(usd("100"), &bar) && suspect_agrees(usd("100"), &quote));
	want_true("does not", !suspect_agrees(usd("110"), &bar));
	quote.ask = usd("120");
	want_true("a wide quote says nothing",
		!suspect_far_from_quote(usd("200"), &quote) && !suspect_agrees(usd("110"), &quote));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_midpoint),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_suspect),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
