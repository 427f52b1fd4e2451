/* Many users' documents -> what is fetched, for whom, and from which address: people.h, demand.h, url.h. */
#include "common/sys/alloc.h"
#include "common/trading/config_check.h"
#include "ingestd/demand.h"
#include "ingestd/url.h"
#include "test/unit/unit.h"

static const char STOCKS[] =
	"{\"version\":1,\"data_inputs\":["
	"{\"id\":\"fast\",\"source\":\"alpaca\",\"symbols\":[\"SPY\"],\"poll_interval_seconds\":5,"
	"\"metrics\":[\"last_trade\"]},"
	"{\"id\":\"slow\",\"source\":\"alpaca\",\"symbols\":[\"AAPL\",\"SPY\"],\"feed\":\"iex\","
	"\"poll_interval_seconds\":60,\"metrics\":[\"prev_close\"]}]}";

static const char COINS[] =
	"{\"version\":1,\"data_inputs\":[{\"id\":\"coins\",\"source\":\"alpaca\","
	"\"asset_class\":\"crypto\",\"symbols\":[\"BTC/USD\"]},"
	"{\"id\":\"late\",\"source\":\"alpaca\",\"symbols\":[\"SPY\"],\"feed\":\"delayed_sip\"}]}";

static struct config *load(const char *text)
{
	const struct config_source source = {.override_text = text, .worker_interval_seconds = 15};
	struct config_report report = {0};
	struct config *config = NULL;

	if (config_load(&source, &config, &report) < 0)
		print_error("%s: %s\n", report.errors[0].path, report.errors[0].message);
	config_report_done(&report);
	assert_non_null(config);
	return config;
}

static const struct person_stamp first = {1, 0, true};

static void test_union(void **state)
{
	AUTO(people_free) struct people *people = people_new();
	size_t count;

	(void)state;
	people_put(people, "uid-b", first, load(STOCKS));
	people_put(people, "uid-a", first, load(COINS));
	people_put(people, "uid-c", first, NULL);

	AUTO(watch_free) struct watch *watch = demand_union(people, FEED_IEX);
	const struct watch_entry *entries = watch_entries(watch, &count);
	want_i64("union", count, 4);
	want_str("union", entries[0].symbol.text, "AAPL");
	want_i64("AAPL", entries[0].poll_interval_seconds, 60);
	want_str("union", entries[1].symbol.text, "SPY");
	want_i64("SPY", entries[1].poll_interval_seconds, 15);
	want_i64("SPY", entries[1].metrics, 1u << METRIC_LAST_TRADE | 1u << METRIC_PREV_CLOSE);
	want_i64("SPY late", entries[2].feed, FEED_DELAYED_SIP);
	want_str("union", entries[3].symbol.text, "BTC/USD");

	AUTO(alloc_free)
	char *stocks = url_snapshots("http://h", ASSET_US_EQUITY, FEED_IEX, entries, 2);
	AUTO(alloc_free)
	char *coins = url_snapshots("http://h", ASSET_CRYPTO, FEED_US, entries + 3, 1);
	want_str("stocks", stocks, "http://h/v2/stocks/snapshots?symbols=AAPL,SPY&feed=iex");
	want_str("coins", coins, "http://h/v1beta3/crypto/us/snapshots?symbols=BTC%2FUSD");
}

static void test_inputs(void **state)
{
	AUTO(people_free) struct people *people = people_new();

	(void)state;
	people_put(people, "uid-b", first, load(STOCKS));
	people_put(people, "uid-a", first, load(COINS));
	people_put(people, "uid-c", first, NULL);

	AUTO(alloc_free) char *iex = demand_inputs(people, FEED_IEX, ASSET_US_EQUITY, FEED_IEX);
	AUTO(alloc_free) char *us = demand_inputs(people, FEED_IEX, ASSET_CRYPTO, FEED_US);
	AUTO(alloc_free) char *sip = demand_inputs(people, FEED_IEX, ASSET_US_EQUITY, FEED_SIP);
	AUTO(alloc_free) char *unnamed = demand_inputs(people, FEED_SIP, ASSET_US_EQUITY, FEED_SIP);
	want_str("iex", iex,
		"[{\"firebase_uid\":\"uid-b\",\"input_id\":\"fast\"},"
		"{\"firebase_uid\":\"uid-b\",\"input_id\":\"slow\"}]");
	want_str("us", us, "[{\"firebase_uid\":\"uid-a\",\"input_id\":\"coins\"}]");
	want_str("sip", sip, NULL);
	want_str("unnamed", unnamed, "[{\"firebase_uid\":\"uid-b\",\"input_id\":\"fast\"}]");
}

static void test_people(void **state)
{
	AUTO(people_free) struct people *people = people_new();
	static const char *const uids[] = {"d", "a", "c", "b"};

	(void)state;
	for (size_t i = 0; i < LENGTH(uids); i++)
		people_put(people, uids[i], first, NULL);
	want_i64("four", people_count(people), 4);
	want_str("in order", people_at(people, 0)->uid, "a");
	want_str("in order", people_at(people, 3)->uid, "d");

	want_true("same stamp", people_known(people, "c", first));
	want_true("another version", !people_known(people, "c", (struct person_stamp){2, 0, true}));
	want_true(
		"another template", !people_known(people, "c", (struct person_stamp){1, 1, true}));
	want_true("another switch", !people_known(people, "c", (struct person_stamp){1, 0, false}));
	want_true("nobody", !people_known(people, "x", first));

	people_reading(people);
	people_put(people, "b", (struct person_stamp){2, 0, true}, load(COINS));
	want_true("seen", people_known(people, "d", first));
	want_i64("gone", people_read(people), 2);
	want_str("left", people_at(people, 0)->uid, "b");
	want_i64("left", people_count(people), 2);
	want_true("left", people_at(people, 0)->config != NULL);
	want_true("removed", people_remove(people, "b"));
	want_true("not twice", !people_remove(people, "b"));
	want_i64("one", people_count(people), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_union),
		cmocka_unit_test(test_inputs),
		cmocka_unit_test(test_people),
	};

	return cmocka_run_group_tests_name("ingestd/demand", tests, NULL, NULL);
}
