/* Snapshots of stocks and crypto -> rows: parse.h. Shapes are those of docs/broker.md, "Snapshots". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "common/sys/must.h"
#include "ingestd/parse.h"
#include "test/unit/unit.h"

enum {
	ALL = 1u << METRIC_LAST_TRADE | 1u << METRIC_LAST_QUOTE | 1u << METRIC_MINUTE_BAR |
	      1u << METRIC_DAILY_BAR | 1u << METRIC_PREV_CLOSE,
};

static struct wall wall(const char *text)
{
	struct wall at = {0};
	int r = wall_parse(text, &at);

	must(r == 0);
	return at;
}

/* Tue 24, Wed 25, Fri 27 (early close) and Mon 30 November 2026. */
static struct calendar test_calendar(void)
{
	static struct calendar_day days[4];
	static const int dates[] = {24, 25, 27, 30};

	for (size_t i = 0; i < LENGTH(days); i++) {
		struct date date = {2026, 11, dates[i]};
		int close = dates[i] == 27 ? 13 : 16;

		days[i] = (struct calendar_day){date, ny_at(date, 9, 30), ny_at(date, close, 0),
			ny_at(date, 4, 0), ny_at(date, close + 4, 0)};
	}
	return (struct calendar){days, LENGTH(days)};
}

/* What one symbol's answer becomes: the rows as they are sent to the database, without `raw`. */
static char *rows_of(enum asset_class asset_class, const char *symbol, const char *body,
	const char *now, unsigned metrics, size_t *dropped_out)
{
	struct calendar calendar = test_calendar();
	struct watch_entry entry = {.asset_class = asset_class, .metrics = metrics};
	struct snapshot_ask ask = {
		.asset_class = asset_class,
		.feed = asset_class == ASSET_CRYPTO ? FEED_US : FEED_IEX,
		.entries = &entry,
		.count = 1,
		.now = wall(now),
		.calendar = &calendar,
	};
	AUTO(market_rows_free) struct market_rows *rows = NULL;
	struct err err;

	snprintf(entry.symbol.text, sizeof(entry.symbol.text), "%s", symbol);
	if (snapshots_parse(&ask, body, strlen(body), &rows, &err) < 0)
		return alloc_text("refused");
	for (size_t i = 0; i < rows->count; i++)
		json_free(&rows->items[i].raw);
	if (dropped_out != NULL)
		*dropped_out = rows->dropped;
	return market_rows_print(rows);
}

static const char MORNING[] =
	"{\"SPY\":{"
	"\"latestTrade\":{\"t\":\"2026-11-25T15:10:18.123456789Z\",\"x\":\"V\",\"p\":492,\"s\":100,"
	"\"c\":[\"@\"],\"i\":18446744073709551615,\"z\":\"B\"},"
	"\"latestQuote\":{\"t\":\"2026-11-25T15:10:19Z\",\"bx\":\"V\",\"bp\":491.99,\"bs\":200,"
	"\"ax\":\"V\",\"ap\":492.02,\"as\":100,\"c\":[\"R\"],\"z\":\"B\"},"
	"\"minuteBar\":{\"t\":\"2026-11-25T15:09:00Z\",\"o\":492.5,\"h\":492.75,\"l\":491.9,"
	"\"c\":492.1,\"v\":1200,\"n\":10,\"vw\":492.2},"
	"\"dailyBar\":{\"t\":\"2026-11-25T05:00:00Z\",\"o\":499,\"h\":499.5,\"l\":491,\"c\":492.1,"
	"\"v\":51861083,\"n\":9,\"vw\":495.1},"
	"\"prevDailyBar\":{\"t\":\"2026-11-24T05:00:00Z\",\"o\":501,\"h\":502,\"l\":498,\"c\":500,"
	"\"v\":923134,\"n\":9,\"vw\":500.5}}}";

static void a_morning(void **state)
{
	AUTO(alloc_free)
	char *rows = rows_of(ASSET_US_EQUITY, "SPY", MORNING, "2026-11-25T15:10:20Z", ALL, NULL);

	(void)state;
	assert_string_equal(rows,
		"[{\"symbol\":\"SPY\",\"asset_class\":\"us_equity\",\"feed\":\"iex\","
		"\"metric\":\"last_trade\",\"as_of\":\"2026-11-25T15:10:18.123456Z\","
		"\"session_date\":\"2026-11-25\",\"session\":\"regular\",\"price\":\"492\","
		"\"volume\":\"100\",\"suspect\":false},"
		"{\"symbol\":\"SPY\",\"asset_class\":\"us_equity\",\"feed\":\"iex\","
		"\"metric\":\"last_quote\",\"as_of\":\"2026-11-25T15:10:19Z\","
		"\"session_date\":\"2026-11-25\",\"session\":\"regular\",\"price\":\"492.005\","
		"\"bid\":\"491.99\",\"ask\":\"492.02\",\"suspect\":false},"
		"{\"symbol\":\"SPY\",\"asset_class\":\"us_equity\",\"feed\":\"iex\","
		"\"metric\":\"minute_bar\",\"as_of\":\"2026-11-25T15:10:00Z\","
		"\"session_date\":\"2026-11-25\",\"session\":\"regular\",\"price\":\"492.1\","
		"\"open\":\"492.5\",\"high\":\"492.75\",\"low\":\"491.9\",\"volume\":\"1200\","
		"\"suspect\":false},"
		"{\"symbol\":\"SPY\",\"asset_class\":\"us_equity\",\"feed\":\"iex\","
		"\"metric\":\"daily_bar\",\"as_of\":\"2026-11-25T15:10:18.123456Z\","
		"\"session_date\":\"2026-11-25\",\"session\":\"regular\",\"price\":\"492.1\","
		"\"open\":\"499\",\"high\":\"499.5\",\"low\":\"491\",\"volume\":\"51861083\","
		"\"suspect\":false},"
		"{\"symbol\":\"SPY\",\"asset_class\":\"us_equity\",\"feed\":\"iex\","
		"\"metric\":\"prev_close\",\"as_of\":\"2026-11-24T21:00:00Z\","
		"\"session_date\":\"2026-11-24\",\"session\":\"regular\",\"price\":\"500\","
		"\"open\":\"501\",\"high\":\"502\",\"low\":\"498\",\"volume\":\"923134\","
		"\"suspect\":false}]");
}

static void raw_keeps_the_digits(void **state)
{
	struct watch_entry entry = {.metrics = 1u << METRIC_LAST_TRADE, .symbol = {"SPY"}};
	struct calendar calendar = {0};
	struct snapshot_ask ask = {
		.entries = &entry,
		.count = 1,
		.now = wall("2026-11-25T15:10:20Z"),
		.calendar = &calendar,
	};
	AUTO(market_rows_free) struct market_rows *rows = NULL;
	struct err err;

	(void)state;
	assert_int_equal(snapshots_parse(&ask, MORNING, strlen(MORNING), &rows, &err), 0);
	assert_int_equal(rows->present, 1);

	AUTO(alloc_free) char *text = market_rows_print(rows);
	assert_non_null(strstr(text, "\"i\":18446744073709551615"));
	assert_non_null(strstr(text, "\"t\":\"2026-11-25T15:10:18.123456789Z\""));
	/* Without a calendar a row says nothing about its session. */
	assert_null(strstr(text, "\"session\":"));
}

/* Which close is the previous one, and of which day: dates and closes of dailyBar and prevDailyBar on Wed 25 Nov. */
static const struct {
	const char *name;
	const char *now;
	const char *day, *day_before;
	const char *want;
} closes[] = {
	{"in the session", "2026-11-25T15:00:00Z", "2026-11-25", "2026-11-24",
		"2026-11-24 2 2026-11-24T21:00:00Z"},
	{"before the first trade", "2026-11-25T10:18:00Z", "2026-11-24", "2026-11-23",
		"2026-11-24 1 2026-11-24T21:00:00Z"},
	{"the first seconds of a session, the bar still yesterday's", "2026-11-25T14:30:20Z",
		"2026-11-24", "2026-11-23", "2026-11-24 1 2026-11-24T21:00:00Z"},
	{"a weekend", "2026-11-28T15:00:00Z", "2026-11-27", "2026-11-25",
		"2026-11-27 1 2026-11-27T18:00:00Z"},
	{"a holiday", "2026-11-26T15:00:00Z", "2026-11-25", "2026-11-24",
		"2026-11-25 1 2026-11-25T21:00:00Z"},
	{"the evening after", "2026-11-26T02:00:00Z", "2026-11-25", "2026-11-24",
		"2026-11-24 2 2026-11-24T21:00:00Z"},
	{"the next New York day", "2026-11-26T05:00:00Z", "2026-11-25", "2026-11-24",
		"2026-11-25 1 2026-11-25T21:00:00Z"},
	{"after the early close", "2026-11-30T12:00:00Z", "2026-11-27", "2026-11-25",
		"2026-11-27 1 2026-11-27T18:00:00Z"},
	{"a day the calendar does not have", "2026-11-12T15:00:00Z", "2026-11-12", "2026-11-11",
		"2026-11-11 2 2026-11-11T21:00:00Z"},
	{"only today's", "2026-11-25T15:00:00Z", "2026-11-25", NULL, NULL},
	{"only the one before", "2026-11-25T15:00:00Z", NULL, "2026-11-24",
		"2026-11-24 2 2026-11-24T21:00:00Z"},
	{"both of today", "2026-11-25T15:00:00Z", "2026-11-25", "2026-11-25", NULL},
	{"none", "2026-11-25T15:00:00Z", NULL, NULL, NULL},
};

static void previous_closes(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(closes); i++) {
		char day[80] = "null";
		char day_before[80] = "null";
		char body[200];
		char want[300] = "[]";

		if (closes[i].day != NULL)
			snprintf(day, sizeof(day), "{\"t\":\"%sT05:00:00Z\",\"c\":1}",
				closes[i].day);
		if (closes[i].day_before != NULL)
			snprintf(day_before, sizeof(day_before), "{\"t\":\"%sT05:00:00Z\",\"c\":2}",
				closes[i].day_before);
		snprintf(body, sizeof(body), "{\"SPY\":{\"dailyBar\":%s,\"prevDailyBar\":%s}}", day,
			day_before);
		if (closes[i].want != NULL) {
			char date[11], price[2], as_of[21];
			assert_int_equal(
				sscanf(closes[i].want, "%10s %1s %20s", date, price, as_of), 3);
			snprintf(want, sizeof(want),
				"[{\"symbol\":\"SPY\",\"asset_class\":\"us_equity\","
				"\"feed\":\"iex\",\"metric\":\"prev_close\",\"as_of\":\"%s\","
				"\"session_date\":\"%s\",\"session\":\"regular\",\"price\":\"%s\","
				"\"suspect\":false}]",
				as_of, date, price);
		}

		AUTO(alloc_free)
		char *rows = rows_of(
			ASSET_US_EQUITY, "SPY", body, closes[i].now, 1u << METRIC_PREV_CLOSE, NULL);
		if (strcmp(rows, want) != 0)
			fail_msg("%s: %s", closes[i].name, rows);
	}
}

static void crypto_is_wrapped_and_keeps_utc(void **state)
{
	static const char body[] =
		"{\"snapshots\":{\"BTC/USD\":{"
		"\"latestTrade\":{\"t\":\"2026-11-26T03:00:00.5Z\",\"p\":7259,\"s\":0.00012,"
		"\"i\":1,\"tks\":\"S\"},"
		"\"latestQuote\":null,"
		"\"dailyBar\":{\"t\":\"2026-11-26T00:00:00Z\",\"o\":7400,\"h\":7410,\"l\":7250,"
		"\"c\":7259,\"v\":12.5,\"n\":3,\"vw\":7300},"
		"\"prevDailyBar\":{\"t\":\"2026-11-25T00:00:00Z\",\"o\":7300,\"h\":7500,\"l\":7200,"
		"\"c\":7412.2,\"v\":1,\"n\":3,\"vw\":7300}}}}";
	AUTO(alloc_free)
	char *rows = rows_of(ASSET_CRYPTO, "BTC/USD", body, "2026-11-26T03:00:01Z",
		ALL & ~(1u << METRIC_DAILY_BAR), NULL);
	AUTO(alloc_free)
	char *bare = rows_of(
		ASSET_CRYPTO, "BTC/USD", "{\"BTC/USD\":{}}", "2026-11-26T03:00:01Z", ALL, NULL);

	(void)state;
	assert_string_equal(rows,
		"[{\"symbol\":\"BTC/USD\",\"asset_class\":\"crypto\",\"feed\":\"us\","
		"\"metric\":\"last_trade\",\"as_of\":\"2026-11-26T03:00:00.5Z\","
		"\"session_date\":\"2026-11-26\",\"session\":\"regular\",\"price\":\"7259\","
		"\"volume\":\"0.00012\",\"suspect\":false},"
		"{\"symbol\":\"BTC/USD\",\"asset_class\":\"crypto\",\"feed\":\"us\","
		"\"metric\":\"prev_close\",\"as_of\":\"2026-11-26T00:00:00Z\","
		"\"session_date\":\"2026-11-25\",\"session\":\"regular\",\"price\":\"7412.2\","
		"\"open\":\"7300\",\"high\":\"7500\",\"low\":\"7200\",\"volume\":\"1\","
		"\"suspect\":false}]");
	assert_string_equal(bare, "refused");
}

/* A number on the wire: what becomes of `p`. NULL = dropped. */
static void numbers(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{"492", "492"},
		{"492.50", "492.5"},
		{"4.925e2", "492.5"},
		{"4925E-1", "492.5"},
		{"0.0000000005", "0.000000001"},
		{"0.0000000014999", "0.000000001"},
		{"1e-9", "0.000000001"},
		{"9223372036", "9223372036"},
		{"9223372037", NULL},
		{"1e30", NULL},
		{"0", NULL},
		{"-1", NULL},
		{"null", NULL},
		{"\"abc\"", NULL},
		{"{}", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char body[200];
		char price[64];
		size_t dropped = 0;

		snprintf(body, sizeof(body),
			"{\"SPY\":{\"latestTrade\":{\"t\":\"2026-11-25T15:00:00Z\",\"p\":%s}}}",
			cases[i].text);
		AUTO(alloc_free)
		char *rows = rows_of(ASSET_US_EQUITY, "SPY", body, "2026-11-25T15:00:00Z",
			1u << METRIC_LAST_TRADE, &dropped);
		if (cases[i].want == NULL) {
			if (strcmp(rows, "[]") != 0 || dropped != 1)
				fail_msg("%s: %s, %zu dropped", cases[i].text, rows, dropped);
			continue;
		}
		snprintf(price, sizeof(price), "\"price\":\"%s\",\"suspect\"", cases[i].want);
		if (strstr(rows, price) == NULL || dropped != 0)
			fail_msg("%s: %s", cases[i].text, rows);
	}
}

/* Bodies that give no row and, where nothing was wrong, no complaint. */
static void nothing_there(void **state)
{
	static const struct {
		const char *name;
		const char *body;
		const char *want;
		size_t dropped;
	} cases[] = {
		{"empty map", "{}", "[]", 0},
		{"null symbol", "{\"SPY\":null}", "[]", 0},
		{"no members", "{\"SPY\":{}}", "[]", 0},
		{"null members",
			"{\"SPY\":{\"latestTrade\":null,\"latestQuote\":null,\"minuteBar\":null,"
			"\"dailyBar\":null,\"prevDailyBar\":null}}",
			"[]", 0},
		{"another symbol",
			"{\"QQQ\":{\"latestTrade\":{\"t\":\"2026-11-25T15:00:00Z\","
			"\"p\":1}}}",
			"[]", 0},
		{"times that are none",
			"{\"SPY\":{\"latestTrade\":{\"t\":\"now\",\"p\":1},\"latestQuote\":{\"bp\":"
			"1},"
			"\"minuteBar\":{\"t\":1,\"c\":1},\"dailyBar\":{\"t\":null,\"c\":1}}}",
			"[]", 4},
		{"a list", "[]", "refused", 0},
		{"a page", "<html></html>", "refused", 0},
		{"nothing", "", "refused", 0},
		{"cut", "{\"SPY\":{\"latestTrade\":{\"t\":\"2026-11-2", "refused", 0},
		{"the same key twice", "{\"SPY\":{},\"SPY\":{}}", "refused", 0},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t dropped = 0;
		AUTO(alloc_free)
		char *rows = rows_of(ASSET_US_EQUITY, "SPY", cases[i].body, "2026-11-25T15:00:00Z",
			ALL, &dropped);

		if (strcmp(rows, cases[i].want) != 0 || dropped != cases[i].dropped)
			fail_msg("%s: %s, %zu dropped", cases[i].name, rows, dropped);
	}
}

/* A side of zero means that nobody is there: the other one stands alone; with neither there is no quote. */
static void one_sided_quotes(void **state)
{
	static const struct {
		const char *bid, *ask, *price;
	} cases[] = {
		{"0", "492.02", "\"price\":\"492.02\",\"ask\":\"492.02\","},
		{"491.99", "0", "\"price\":\"491.99\",\"bid\":\"491.99\","},
		{"0.000000001", "0.000000002", "\"price\":\"0.000000002\","},
		{"0.000000001", "0.000000001", "\"price\":\"0.000000001\","},
		{"0", "0", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char body[200];

		snprintf(body, sizeof(body),
			"{\"SPY\":{\"latestQuote\":{\"t\":\"2026-11-25T15:00:00Z\",\"bp\":%s,"
			"\"ap\":%s}}}",
			cases[i].bid, cases[i].ask);
		AUTO(alloc_free)
		char *rows = rows_of(ASSET_US_EQUITY, "SPY", body, "2026-11-25T15:00:00Z",
			1u << METRIC_LAST_QUOTE, NULL);
		if (cases[i].price == NULL)
			want_str(cases[i].bid, rows, "[]");
		else
			want_true(rows, strstr(rows, cases[i].price) != NULL);
	}
}

/* What NUMERIC could choke on stays out, and takes nothing else with it. */
static void wild_numbers_beside_the_price(void **state)
{
	struct watch_entry entry = {.metrics = 1u << METRIC_LAST_TRADE, .symbol = {"SPY"}};
	struct calendar calendar = {0};
	struct snapshot_ask ask = {.entries = &entry, .count = 1, .calendar = &calendar};
	static const char body[] = "{\"SPY\":{\"latestTrade\":{\"t\":\"2026-11-25T15:00:00Z\","
				   "\"p\":492,\"s\":1e999999}}}";
	AUTO(market_rows_free) struct market_rows *rows = NULL;
	struct err err;

	(void)state;
	assert_int_equal(snapshots_parse(&ask, body, strlen(body), &rows, &err), 0);
	assert_int_equal(rows->count, 1);
	assert_null(rows->items[0].volume);
	assert_null(rows->items[0].raw);
	assert_int_equal(rows->items[0].price.nano, 492 * DECIMAL_ONE);
}

/* A daily bar is as old as the newest trade or minute known, whichever of the two that is. */
static void age_of_a_daily_bar(void **state)
{
	static const struct {
		const char *name;
		const char *members;
		const char *as_of;
	} cases[] = {
		{"the trade",
			"\"latestTrade\":{\"t\":\"2026-11-25T15:10:30Z\",\"p\":1},"
			"\"minuteBar\":{\"t\":\"2026-11-25T15:09:00Z\",\"c\":1},",
			"2026-11-25T15:10:30Z"},
		{"the minute's end",
			"\"latestTrade\":{\"t\":\"2026-11-25T15:09:59Z\",\"p\":1},"
			"\"minuteBar\":{\"t\":\"2026-11-25T15:09:00Z\",\"c\":1},",
			"2026-11-25T15:10:00Z"},
		{"neither", "", "2026-11-25T05:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char body[300];
		char want[64];

		snprintf(body, sizeof(body),
			"{\"SPY\":{%s\"dailyBar\":{\"t\":\"2026-11-25T05:00:00Z\",\"c\":1}}}",
			cases[i].members);
		snprintf(want, sizeof(want), "\"as_of\":\"%s\"", cases[i].as_of);
		AUTO(alloc_free)
		char *rows = rows_of(ASSET_US_EQUITY, "SPY", body, "2026-11-25T15:11:00Z",
			1u << METRIC_DAILY_BAR, NULL);
		if (strstr(rows, want) == NULL)
			fail_msg("%s: %s", cases[i].name, rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_morning),
		cmocka_unit_test(raw_keeps_the_digits),
		cmocka_unit_test(previous_closes),
		cmocka_unit_test(crypto_is_wrapped_and_keeps_utc),
		cmocka_unit_test(numbers),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(one_sided_quotes),
		cmocka_unit_test(wild_numbers_beside_the_price),
		cmocka_unit_test(age_of_a_daily_bar),
	};

	return cmocka_run_group_tests_name("ingestd/parse", tests, NULL, NULL);
}
