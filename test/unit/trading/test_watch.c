/* test_watch.c - everybody's wishes folded into one list. */
#include "common/trading/watch.h"
#include "test/unit/trading/scene.h"

/* clang-format off */
static const struct watch_entry wants[] = {
	{ASSET_US_EQUITY, FEED_IEX, {"AAPL"}, 1u << METRIC_LAST_TRADE | 1u << METRIC_DAILY_BAR | 1u << METRIC_PREV_CLOSE, 60},
	{ASSET_US_EQUITY, FEED_IEX, {"MSFT"}, 1u << METRIC_LAST_TRADE | 1u << METRIC_DAILY_BAR | 1u << METRIC_PREV_CLOSE, 60},
	{ASSET_US_EQUITY, FEED_IEX, {"SPY"}, 1u << METRIC_LAST_TRADE | 1u << METRIC_DAILY_BAR | 1u << METRIC_PREV_CLOSE | 1u << METRIC_MINUTE_BAR, 60},
	{ASSET_US_EQUITY, FEED_SIP, {"SPY"}, 1u << METRIC_LAST_TRADE, 300},
	{ASSET_CRYPTO, FEED_US, {"BTC/USD"}, 1u << METRIC_MINUTE_BAR, 120},
};

/* clang-format on */

static void want_list(struct watch *watch)
{
	const struct watch_entry *entries;
	size_t count, i;

	entries = watch_entries(watch, &count);
	want_i64("entries", count, LENGTH(wants));
	for (i = 0; i < count; i++) {
		want_str("symbol", entries[i].symbol.text, wants[i].symbol.text);
		want_i64(wants[i].symbol.text, entries[i].asset_class, wants[i].asset_class);
		want_i64(wants[i].symbol.text, entries[i].feed, wants[i].feed);
		want_i64(wants[i].symbol.text, entries[i].metrics, wants[i].metrics);
		want_i64(wants[i].symbol.text, entries[i].poll_interval_seconds,
			wants[i].poll_interval_seconds);
	}
}

static void test_union(void **state)
{
	struct config *other = scene_config(
		"{\"version\":1,\"data_inputs\":["
		"{\"id\":\"a\",\"symbols\":[\"SPY\"],\"metrics\":[\"minute_bar\"],"
		"\"poll_interval_seconds\":120},"
		"{\"id\":\"b\",\"feed\":\"sip\",\"symbols\":[\"SPY\"],\"metrics\":[\"last_trade\"],"
		"\"poll_interval_seconds\":300},"
		"{\"id\":\"c\",\"asset_class\":\"crypto\",\"symbols\":[\"BTC/USD\"],"
		"\"metrics\":[\"minute_bar\"],\"poll_interval_seconds\":120}]}");
	struct watch *watch = watch_new();
	struct scene scene;
	size_t count;

	(void)state;
	watch_entries(watch, &count);
	want_i64("nothing", count, 0);
	scene_set(&scene);
	watch_add(watch, other, FEED_IEX);
	watch_add(watch, scene.config, FEED_IEX);
	want_list(watch);
	watch_add(watch, scene.config, FEED_IEX);
	watch_add(watch, other, FEED_IEX);
	want_list(watch);
	watch_free(&watch);
	want_true("freed", !watch);
	config_free(&other);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_union),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
