/* What is due, when, and for whom: plan.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "ingestd/plan.h"
#include "test/unit/unit.h"

enum {
	TRADES = 1u << METRIC_LAST_TRADE,
	QUOTES = 1u << METRIC_LAST_QUOTE,
};

static struct watch_entry entry(
	enum asset_class asset_class, enum feed feed, const char *symbol, int64_t interval)
{
	struct watch_entry entry = {
		.asset_class = asset_class,
		.feed = feed,
		.metrics = TRADES,
		.poll_interval_seconds = interval,
	};

	snprintf(entry.symbol.text, sizeof(entry.symbol.text), "%s", symbol);
	return entry;
}

static struct mono at(int64_t seconds)
{
	return (struct mono){seconds * 1000000};
}

/* The call of the feed's first or next part; NULL when there is none. */
static struct plan_call *call_of(struct plan *plan, enum feed feed, size_t part)
{
	enum asset_class asset_class = feed == FEED_US ? ASSET_CRYPTO : ASSET_US_EQUITY;

	return plan_find(plan, (struct plan_key){asset_class, feed, part});
}

static int64_t wait_seconds(const struct plan *plan, int64_t now)
{
	struct span wait;

	return plan_wait(plan, at(now), &wait) ? wait.us / 1000000 : -1;
}

static void one_call_a_feed(void **state)
{
	struct watch_entry entries[] = {
		entry(ASSET_US_EQUITY, FEED_IEX, "AAPL", 60),
		entry(ASSET_US_EQUITY, FEED_IEX, "SPY", 15),
		entry(ASSET_US_EQUITY, FEED_SIP, "SPY", 30),
		entry(ASSET_CRYPTO, FEED_US, "BTC/USD", 5),
	};
	AUTO(plan_free) struct plan *plan = plan_new();

	(void)state;
	plan_replace(plan, entries, LENGTH(entries), at(100));
	assert_int_equal(call_of(plan, FEED_IEX, 0)->count, 2);
	assert_int_equal(call_of(plan, FEED_IEX, 0)->interval.us, 15 * 1000000);
	assert_int_equal(call_of(plan, FEED_SIP, 0)->count, 1);
	assert_int_equal(call_of(plan, FEED_US, 0)->interval.us, 5 * 1000000);
	assert_null(call_of(plan, FEED_DELAYED_SIP, 0));
	assert_int_equal(wait_seconds(plan, 100), 0);
}

static void a_long_union_is_cut(void **state)
{
	struct watch_entry entries[PLAN_SYMBOLS + 1];
	AUTO(plan_free) struct plan *plan = plan_new();
	char name[16];

	(void)state;
	for (int i = 0; i <= PLAN_SYMBOLS; i++) {
		snprintf(name, sizeof(name), "S%04d", i);
		entries[i] = entry(ASSET_US_EQUITY, FEED_IEX, name, 60);
	}
	plan_replace(plan, entries, PLAN_SYMBOLS, at(0));
	assert_null(call_of(plan, FEED_IEX, 1));
	plan_replace(plan, entries, PLAN_SYMBOLS + 1, at(0));
	assert_int_equal(call_of(plan, FEED_IEX, 0)->count, PLAN_SYMBOLS);
	assert_int_equal(call_of(plan, FEED_IEX, 1)->count, 1);
	assert_null(call_of(plan, FEED_IEX, 2));
}

static void nothing_watched_nothing_due(void **state)
{
	AUTO(plan_free) struct plan *plan = plan_new();

	(void)state;
	plan_replace(plan, NULL, 0, at(0));
	assert_null(plan_due(plan, at(1000)));
	assert_int_equal(wait_seconds(plan, 0), -1);
}

static void first_at_once_then_every_interval(void **state)
{
	struct watch_entry entries[] = {entry(ASSET_US_EQUITY, FEED_IEX, "SPY", 60)};
	AUTO(plan_free) struct plan *plan = plan_new();

	(void)state;
	plan_replace(plan, entries, 1, at(1000));
	struct plan_call *call = plan_due(plan, at(1000));
	assert_non_null(call);

	plan_started(call, at(1000));
	assert_null(plan_due(plan, at(1500)));
	plan_polled(call, at(1003));
	assert_int_equal(wait_seconds(plan, 1003), 57);
	assert_null(plan_due(plan, at(1059)));
	assert_ptr_equal(plan_due(plan, at(1060)), call);

	plan_started(call, at(1060));
	plan_polled(call, at(1200));
	assert_int_equal(wait_seconds(plan, 1200), 0);
}

/* The due time that a changed document leaves behind, 20 s after a poll that began at 1000. */
static void config_changes(void **state)
{
	static const struct {
		const char *name;
		int64_t interval;
		unsigned metrics;
		const char *more;
		int64_t due;
	} cases[] = {
		{"nothing changed", 60, TRADES, NULL, 1060},
		{"shorter", 30, TRADES, NULL, 1030},
		{"shorter than what has passed", 10, TRADES, NULL, 1010},
		{"longer", 300, TRADES, NULL, 1300},
		{"a metric more", 60, TRADES | QUOTES, NULL, 1020},
		{"a symbol more", 60, TRADES, "TSLA", 1020},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct watch_entry entries[2] = {entry(ASSET_US_EQUITY, FEED_IEX, "SPY", 60)};
		AUTO(plan_free) struct plan *plan = plan_new();

		plan_replace(plan, entries, 1, at(1000));
		plan_started(plan_due(plan, at(1000)), at(1000));
		plan_polled(call_of(plan, FEED_IEX, 0), at(1001));

		entries[0].poll_interval_seconds = cases[i].interval;
		entries[0].metrics = cases[i].metrics;
		if (cases[i].more != NULL)
			entries[1] = entry(ASSET_US_EQUITY, FEED_IEX, cases[i].more, 60);
		plan_replace(plan, entries, cases[i].more != NULL ? 2 : 1, at(1020));
		if (call_of(plan, FEED_IEX, 0)->due.us != at(cases[i].due).us)
			fail_msg("%s: due at %ld", cases[i].name,
				(long)(call_of(plan, FEED_IEX, 0)->due.us / 1000000));
	}
}

static void busy_survives_a_config_change(void **state)
{
	struct watch_entry entries[] = {entry(ASSET_US_EQUITY, FEED_IEX, "SPY", 60)};
	AUTO(plan_free) struct plan *plan = plan_new();

	(void)state;
	plan_replace(plan, entries, 1, at(0));
	struct plan_key key = call_of(plan, FEED_IEX, 0)->key;
	plan_started(plan_find(plan, key), at(0));
	plan_replace(plan, entries, 1, at(1));
	assert_null(plan_due(plan, at(100)));
	plan_polled(plan_find(plan, key), at(2));
	assert_int_equal(wait_seconds(plan, 2), 58);

	plan_replace(plan, NULL, 0, at(3));
	assert_null(plan_find(plan, key));
}

static void failures_back_off_to_thirty_seconds(void **state)
{
	struct watch_entry entries[] = {entry(ASSET_US_EQUITY, FEED_IEX, "SPY", 5)};
	AUTO(plan_free) struct plan *plan = plan_new();
	int64_t last = 0;

	(void)state;
	plan_replace(plan, entries, 1, at(0));
	struct plan_call *call = plan_due(plan, at(0));
	for (int i = 0; i < 12; i++) {
		plan_started(call, at(0));
		plan_failed(call, at(0), UINT32_MAX, "HTTP 500");
		assert_true(call->due.us >= last);
		last = call->due.us;
	}
	assert_int_equal(last, 30 * 1000000);
	plan_started(call, at(0));
	plan_polled(call, at(0));
	plan_failed(call, at(0), UINT32_MAX, "HTTP 500");
	assert_in_range(call->due.us, 500000, 1000000);

	plan_delayed(call, at(0), span_sec(45));
	assert_int_equal(wait_seconds(plan, 0), 45);
}

static void a_bad_symbol_does_not_stop_the_others(void **state)
{
	struct watch_entry entries[] = {
		entry(ASSET_US_EQUITY, FEED_IEX, "3USL", 60),
		entry(ASSET_US_EQUITY, FEED_IEX, "SPY", 60),
		entry(ASSET_US_EQUITY, FEED_SIP, "3USL", 60),
	};
	struct watch_entry asked[2];
	AUTO(plan_free) struct plan *plan = plan_new();

	(void)state;
	plan_replace(plan, entries, LENGTH(entries), at(0));
	struct plan_call *call = plan_due(plan, at(0));
	assert_int_equal(plan_entries(plan, call, at(0), asked), 2);

	plan_started(call, at(0));
	assert_false(plan_bad_symbol(plan, call, "TSLA", at(1)));
	assert_true(plan_bad_symbol(plan, call, "3USL", at(1)));
	assert_false(call->busy);
	assert_int_equal(call->due.us, at(1).us);
	assert_int_equal(plan_entries(plan, call, at(1), asked), 1);
	assert_string_equal(asked[0].symbol.text, "SPY");

	/* Remembered for the other feed, and over a change of configuration; forgotten after an hour. */
	plan_replace(plan, entries, LENGTH(entries), at(2));
	assert_int_equal(plan_entries(plan, call_of(plan, FEED_SIP, 0), at(3600), asked), 0);
	assert_int_equal(plan_entries(plan, call_of(plan, FEED_IEX, 0), at(3601), asked), 2);
	assert_true(plan_bad_symbol(plan, call_of(plan, FEED_IEX, 0), "3USL", at(3601)));
	assert_false(plan_bad_symbol(plan, call_of(plan, FEED_SIP, 0), "3USL", at(3602)));
}

static void trouble_is_each_feeds_own(void **state)
{
	struct watch_entry entries[] = {
		entry(ASSET_US_EQUITY, FEED_IEX, "SPY", 60),
		entry(ASSET_CRYPTO, FEED_US, "BTC/USD", 60),
	};
	const struct plan_key stocks = {ASSET_US_EQUITY, FEED_IEX, 0};
	const struct plan_key coins = {ASSET_CRYPTO, FEED_US, 0};
	AUTO(plan_free) struct plan *plan = plan_new();

	(void)state;
	plan_replace(plan, entries, LENGTH(entries), at(0));
	assert_null(plan_trouble(plan));
	plan_failed(plan_find(plan, coins), at(0), 0, "feed us: HTTP 403");
	plan_polled(plan_find(plan, stocks), at(0));
	assert_string_equal(plan_trouble(plan), "feed us: HTTP 403");
	plan_replace(plan, entries, LENGTH(entries), at(1));
	assert_string_equal(plan_trouble(plan), "feed us: HTTP 403");
	plan_replace(plan, entries, 1, at(2)); /* nobody watches coins any more */
	assert_null(plan_trouble(plan));

	plan_failed(plan_find(plan, stocks), at(3), 0, "feed iex: HTTP 500");
	plan_polled(plan_find(plan, stocks), at(4));
	assert_null(plan_trouble(plan));
}

static void reset_makes_all_due(void **state)
{
	struct watch_entry entries[] = {entry(ASSET_US_EQUITY, FEED_IEX, "SPY", 60)};
	AUTO(plan_free) struct plan *plan = plan_new();

	(void)state;
	plan_replace(plan, entries, 1, at(0));
	plan_started(plan_due(plan, at(0)), at(0));
	plan_reset(plan, at(5));
	assert_non_null(plan_due(plan, at(5)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_call_a_feed),
		cmocka_unit_test(a_long_union_is_cut),
		cmocka_unit_test(nothing_watched_nothing_due),
		cmocka_unit_test(first_at_once_then_every_interval),
		cmocka_unit_test(config_changes),
		cmocka_unit_test(busy_survives_a_config_change),
		cmocka_unit_test(failures_back_off_to_thirty_seconds),
		cmocka_unit_test(a_bad_symbol_does_not_stop_the_others),
		cmocka_unit_test(trouble_is_each_feeds_own),
		cmocka_unit_test(reset_makes_all_due),
	};

	return cmocka_run_group_tests_name("ingestd/plan", tests, NULL, NULL);
}
