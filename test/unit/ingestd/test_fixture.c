/* What a fixture shows at a time, and what is wrong with one. */
#include "ingestd/fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/sys/alloc.h"
#include "test/unit/unit.h"

#define SESSIONS                                                                                   \
	"\"calendar\":[{\"day_offset\":-1,\"open\":\"09:30\",\"close\":\"16:00\"},"                \
	"{\"day_offset\":0,\"open\":\"00:00\",\"close\":\"24:30\"}]"
#define SPY "\"symbol\":\"SPY\",\"metric\":\"last_trade\""
#define ROWS(rows) "{\"rows\":[" rows "]," SESSIONS "}"

static struct fixture *parse(const char *text)
{
	struct fixture *fixture = NULL;
	struct err err;

	if (fixture_parse("file", text, strlen(text), &fixture, &err) < 0)
		fail_msg("%s", err.text);
	return fixture;
}

static struct wall at(const char *text)
{
	struct wall wall;

	assert_int_equal(wall_parse(text, &wall), 0);
	return wall;
}

static void assert_rows(
	struct fixture *fixture, const char *now, const char *symbol, const char *want)
{
	size_t count;
	struct watch_entry entry = {
		.asset_class = strchr(symbol, '/') ? ASSET_CRYPTO : ASSET_US_EQUITY,
		.feed = strchr(symbol, '/') ? FEED_US : FEED_IEX,
		.metrics = ~0u};
	struct calendar_day *days = fixture_days(fixture, ny_date(at(now)), &count);
	struct calendar calendar = {days, count};
	struct snapshot_ask ask = {.asset_class = entry.asset_class,
		.feed = entry.feed,
		.entries = &entry,
		.count = 1,
		.now = at(now),
		.calendar = &calendar};
	char *got = alloc_text("");
	bool more = true;

	memcpy(entry.symbol.text, symbol, strlen(symbol) + 1);
	for (size_t layer = 0; more; layer++) {
		struct market_rows *rows = fixture_rows(fixture, &ask, layer, &more);
		for (size_t i = 0; i < rows->count; i++) {
			char price[DECIMAL_TEXT];
			char when[WALL_TEXT];
			char date[DATE_TEXT];
			decimal_format(rows->items[i].price.nano, price);
			wall_format(rows->items[i].as_of, when);
			date_format(rows->items[i].session_date, date);
			char *longer = alloc_print("%s%s%s %s %s %s", got, got[0] ? ", " : "",
				price, when + 11, date + 5, rows->items[i].session);
			alloc_free(&got);
			got = longer;
		}
		market_rows_free(&rows);
	}
	assert_string_equal(got, want);
	alloc_free(&got);
	alloc_free(&days);
}

static void test_rows_appear_in_order_and_the_newest_stays_fresh(void **state)
{
	struct fixture *fixture =
		parse(ROWS("{" SPY ",\"price\":492,\"age_seconds\":-10},"
			   "{" SPY ",\"price\":\"501\",\"age_seconds\":60},"
			   "{" SPY ",\"price\":500},"
			   "{\"symbol\":\"SPY\",\"metric\":\"prev_close\",\"price\":499.5}"));

	(void)state;
	assert_rows(fixture, "2026-11-25T15:00:00Z", "SPY",
		"501 14:59:00Z 11-25 regular, 499.5 15:00:00Z 11-24 regular, 500 15:00:00Z 11-25 "
		"regular");
	assert_rows(fixture, "2026-11-25T15:00:09Z", "SPY",
		"501 14:59:00Z 11-25 regular, 499.5 15:00:00Z 11-24 regular, 500 15:00:09Z 11-25 "
		"regular");
	assert_rows(fixture, "2026-11-25T15:00:10Z", "SPY",
		"501 14:59:00Z 11-25 regular, 499.5 15:00:00Z 11-24 regular, 500 15:00:00Z 11-25 "
		"regular, "
		"492 15:00:10Z 11-25 regular");
	assert_rows(fixture, "2026-11-25T15:30:00Z", "SPY",
		"501 14:59:00Z 11-25 regular, 499.5 15:00:00Z 11-24 regular, 500 15:00:00Z 11-25 "
		"regular, "
		"492 15:30:00Z 11-25 regular");
	assert_rows(fixture, "2026-11-25T15:30:00Z", "QQQ", "");
	fixture_free(&fixture);
}

static void test_an_old_row_stays_as_old(void **state)
{
	struct fixture *fixture = parse(ROWS("{" SPY ",\"price\":492,\"age_seconds\":3600}"));

	(void)state;
	assert_rows(fixture, "2026-11-25T15:00:00Z", "SPY", "492 14:00:00Z 11-25 regular");
	assert_rows(fixture, "2026-11-25T15:00:05Z", "SPY", "492 14:00:05Z 11-25 regular");
	/* Before the bell of the day before: 04:59:59 in New York is in the session of today, 23:59 is not in yesterday's. */
	assert_rows(fixture, "2026-11-25T05:30:00Z", "SPY", "492 04:30:00Z 11-25 none");
	fixture_free(&fixture);
}

static void test_crypto_keeps_utc_days(void **state)
{
	struct fixture *fixture =
		parse("{\"rows\":[{\"symbol\":\"BTC/USD\",\"asset_class\":\"crypto\","
		      "\"metric\":\"prev_close\",\"price\":7400},"
		      "{\"symbol\":\"BTC/USD\",\"asset_class\":\"crypto\",\"metric\":"
		      "\"last_trade\",\"price\":7259.5}]}");

	(void)state;
	assert_rows(fixture, "2026-11-25T02:00:00Z", "BTC/USD",
		"7259.5 02:00:00Z 11-25 regular, 7400 02:00:00Z 11-24 regular");
	fixture_free(&fixture);
}

static void test_days_and_the_clock(void **state)
{
	struct fixture *fixture = parse("{\"rows\":[]," SESSIONS "}");
	struct wall now = at("2026-11-25T15:00:00Z");
	size_t count;
	struct calendar_day *days = fixture_days(fixture, ny_date(now), &count);
	struct calendar calendar = {days, count};
	struct broker_clock clock = {0};

	(void)state;
	assert_int_equal(count, 2);
	assert_true(days[0].open.us == at("2026-11-24T14:30:00Z").us);
	assert_true(days[0].close.us == at("2026-11-24T21:00:00Z").us);
	assert_true(days[1].open.us == at("2026-11-25T05:00:00Z").us);
	assert_true(days[1].close.us == at("2026-11-26T05:30:00Z").us);
	assert_false(fixture_clock(&calendar, now, &clock));
	assert_true(fixture_clock(&calendar, at("2026-11-24T15:00:00Z"), &clock));
	assert_true(clock.is_open);
	assert_true(
		clock.next_open.us == days[1].open.us && clock.next_close.us == days[0].close.us);
	assert_true(fixture_clock(&calendar, at("2026-11-24T22:00:00Z"), &clock));
	assert_false(clock.is_open);
	alloc_free(&days);
	fixture_free(&fixture);
}

static void test_the_shipped_one(void **state)
{
	struct fixture *fixture = NULL;
	struct err err;

	(void)state;
	if (fixture_read(NULL, &fixture, &err) < 0)
		fail_msg("%s", err.text);
	assert_rows(fixture, "2026-11-25T15:00:00Z", "SPY",
		"500 15:00:00Z 11-25 regular, 500 15:00:00Z 11-25 regular, 500 15:00:00Z 11-24 "
		"regular");
	assert_rows(fixture, "2026-11-25T15:00:05Z", "SPY",
		"500 15:00:00Z 11-25 regular, 500 15:00:00Z 11-25 regular, 500 15:00:00Z 11-24 "
		"regular, "
		"492 15:00:05Z 11-25 regular");
	/* Every moment is in a session, with half an hour to its end: 23:59 in New York too. */
	for (int minute = 0; minute < 3 * 24 * 60; minute++) {
		struct wall now = {at("2026-11-27T00:00:30Z").us + minute * INT64_C(60000000)};
		size_t count;
		struct calendar_day *days = fixture_days(fixture, ny_date(now), &count);
		struct calendar calendar = {days, count};
		struct broker_clock clock;
		struct wall close;

		assert_true(calendar_session_close(&calendar, SESSION_REGULAR, now, &close));
		assert_true(close.us - now.us > INT64_C(1799) * 1000000);
		assert_true(fixture_clock(&calendar, now, &clock) && clock.is_open);
		alloc_free(&days);
	}
	fixture_free(&fixture);
}

static const struct {
	const char *text, *why;
} cases[] = {
	{"", "file: no JSON: "},
	{"{\"rows\":[}", "file: no JSON: "},
	{"[]", "file: not an object of rows and calendar"},
	{"{\"rows\":[],\"rowz\":1}", "file: rowz: no such field"},
	{"{}", "file: rows: missing"},
	{"{\"rows\":{}}", "file: rows: not a list"},
	{"{\"rows\":[],\"calendar\":1}", "file: calendar: not a list"},
	{ROWS("1"), "file: rows[0]: not an object"},
	{ROWS("{" SPY ",\"price\":1},{" SPY ",\"price\":1,\"age\":1}"),
		"file: rows[1].age: no such field"},
	{ROWS("{" SPY "}"), "file: rows[0].price: missing, or no number"},
	{ROWS("{" SPY ",\"price\":0}"), "file: rows[0].price: not a positive number"},
	{ROWS("{" SPY ",\"price\":-1}"), "file: rows[0].price: not a positive number"},
	{ROWS("{" SPY ",\"price\":1e3}"), "file: rows[0].price: not a positive number"},
	{ROWS("{" SPY ",\"price\":\"a\"}"), "file: rows[0].price: "},
	{ROWS("{" SPY ",\"price\":1,\"volume\":-1}"), "file: rows[0].volume: "},
	{ROWS("{" SPY ",\"price\":1,\"volume\":true}"), "file: rows[0].volume: "},
	{ROWS("{\"symbol\":\"SPY\",\"price\":1}"), "file: rows[0].metric: missing"},
	{ROWS("{\"symbol\":\"SPY\",\"metric\":\"trade\",\"price\":1}"),
		"file: rows[0].metric: allowed: last_trade last_quote"},
	{ROWS("{\"symbol\":\"SPY\",\"metric\":7,\"price\":1}"), "file: rows[0].metric: allowed: "},
	{ROWS("{\"symbol\":\"spy\",\"metric\":\"last_trade\",\"price\":1}"),
		"file: rows[0].symbol: not a symbol"},
	{ROWS("{\"metric\":\"last_trade\",\"price\":1}"), "file: rows[0].symbol: missing"},
	{ROWS("{\"symbol\":\"BTC/USD\",\"metric\":\"last_trade\",\"price\":1}"),
		"file: rows[0].symbol: not a symbol of its asset_class"},
	{ROWS("{" SPY ",\"asset_class\":\"stock\",\"price\":1}"),
		"file: rows[0].asset_class: allowed: us_equity crypto"},
	{ROWS("{" SPY ",\"feed\":\"us\",\"price\":1}"), "file: rows[0].feed: not a feed of"},
	{ROWS("{" SPY ",\"price\":1,\"age_seconds\":\"5\"}"),
		"file: rows[0].age_seconds: not a number"},
	{ROWS("{" SPY ",\"price\":1,\"age_seconds\":99999999999}"),
		"file: rows[0].age_seconds: not a number"},
	{ROWS("{" SPY ",\"price\":1},{" SPY ",\"price\":2}"),
		"file: rows[1].age_seconds: another row"},
	{ROWS("{" SPY ",\"price\":1,\"session_offset\":0.5}"),
		"file: rows[0].session_offset: not a whole"},
	{ROWS("{" SPY ",\"price\":1,\"session_offset\":-2}"),
		"file: rows[0].session_offset: the calendar"},
	{"{\"rows\":[{" SPY ",\"price\":1}]}", "file: rows[0].session_offset: the calendar"},
	{"{\"rows\":[],\"calendar\":[{\"open\":\"09:30\",\"close\":\"16:00\"}]}",
		"file: calendar[0].day_offset: missing"},
	{"{\"rows\":[],\"calendar\":[{\"day_offset\":0,\"open\":\"9:30\",\"close\":\"16:"
	 "00\"}]}",
		"file: calendar[0].open: not a time"},
	{"{\"rows\":[],\"calendar\":[{\"day_offset\":0,\"open\":\"09:30\",\"close\":\"16:"
	 "60\"}]}",
		"file: calendar[0].close: not a time"},
	{"{\"rows\":[],\"calendar\":[{\"day_offset\":0,\"open\":\"09:30\",\"close\":930}]}",
		"file: calendar[0].close: not a time"},
	{"{\"rows\":[],\"calendar\":[{\"day_offset\":0,\"open\":\"24:30\",\"close\":\"25:"
	 "00\"}]}",
		"file: calendar[0].open: not on its own day"},
	{"{\"rows\":[],\"calendar\":[{\"day_offset\":0,\"open\":\"16:00\",\"close\":\"16:"
	 "00\"}]}",
		"file: calendar[0].close: not after its open"},
	{"{\"rows\":[],\"calendar\":[{\"day_offset\":1,\"open\":\"09:30\",\"close\":\"16:"
	 "00\"},"
	 "{\"day_offset\":1,\"open\":\"09:30\",\"close\":\"16:00\"}]}",
		"file: calendar[1].day_offset: days are not in order"},
};

static void test_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *fixture = NULL;
		struct err err = {""};
		int r = fixture_parse("file", cases[i].text, strlen(cases[i].text), &fixture, &err);

		if (r != -EINVAL || strncmp(err.text, cases[i].why, strlen(cases[i].why)) != 0)
			fail_msg("%s: %d %s", cases[i].text, r, err.text);
		assert_null(fixture);
	}
}

static void test_files(void **state)
{
	static const char *const paths[] = {
		"/nonexistent/fixture.json", "/", "/dev/zero", "/dev/null"};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct fixture *fixture = NULL;
		struct err err = {""};

		assert_int_equal(fixture_read(paths[i], &fixture, &err), -EINVAL);
		assert_non_null(strstr(err.text, paths[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_appear_in_order_and_the_newest_stays_fresh),
		cmocka_unit_test(test_an_old_row_stays_as_old),
		cmocka_unit_test(test_crypto_keeps_utc_days),
		cmocka_unit_test(test_days_and_the_clock),
		cmocka_unit_test(test_the_shipped_one),
		cmocka_unit_test(test_what_is_wrong),
		cmocka_unit_test(test_files),
	};

	setenv("TZ", "America/New_York", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
