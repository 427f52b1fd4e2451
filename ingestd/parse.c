/* parse.c - see parse.h. */
#include "ingestd/parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "ingestd/session.h"

enum {
	MINUTE_US = 60 * 1000000,
	VOLUME_MOST = 40,
	EXPONENT_DIGITS = 2,
};

/* One symbol's snapshot while its rows are made. */
struct snapshot {
	const struct snapshot_ask *ask;
	struct symbol symbol;
	struct market_rows *rows;
	const cJSON *trade, *quote, *minute, *day, *day_before;
};

static const cJSON *object_member(const cJSON *object, const char *key)
{
	const cJSON *member = json_member(object, key);
	return cJSON_IsObject(member) ? member : NULL;
}

static bool is_crypto(const struct snapshot_ask *ask)
{
	return ask->asset_class == ASSET_CRYPTO;
}

static struct date local_date(const struct snapshot_ask *ask, struct wall at)
{
	return is_crypto(ask) ? date_utc(at) : ny_date(at);
}

static void drop(
	const struct snapshot *of, enum market_metric metric, const char *why, const char *what)
{
	struct market_drop *drop = market_rows_add_drop(of->rows);

	drop->symbol = of->symbol;
	drop->metric = metric;
	snprintf(drop->why, sizeof(drop->why), "%s: %.60s", why, what);
}

static bool read_time(const cJSON *object, struct wall *out)
{
	const char *text = json_text(object, "t");
	return text != NULL && wall_parse(text, out) == 0;
}

/* A price that may be absent (0); false when it is there and cannot be one. */
static bool read_price(const cJSON *object, const char *key, struct price *out)
{
	const char *text = json_decimal(object, key);
	struct price price;

	if (text == NULL) {
		const cJSON *member = json_member(object, key);
		return member == NULL || cJSON_IsNull(member);
	}
	if (decimal_parse_wire(text, &price.nano) < 0 || price.nano < 0)
		return false;
	*out = price;
	return true;
}

/* NUMERIC takes any exponent it is given and may answer with an error or with a hundred thousand digits. */
static bool number_is_tame(const char *text)
{
	const char *exponent = strpbrk(text, "eE");

	if (strlen(text) > VOLUME_MOST)
		return false;
	if (exponent == NULL)
		return true;
	exponent++;
	exponent += *exponent == '+' || *exponent == '-';
	return strlen(exponent) <= EXPONENT_DIGITS;
}

static char *read_volume(const cJSON *object, const char *key)
{
	const char *text = json_decimal(object, key);
	return text != NULL && text[0] != '-' && number_is_tame(text) ? alloc_text(text) : NULL;
}

static bool raw_is_tame(const cJSON *item)
{
	const cJSON *child;

	if (cJSON_IsNumber(item) && item->valuestring != NULL && !number_is_tame(item->valuestring))
		return false;
	cJSON_ArrayForEach(child, item)
	{
		if (!raw_is_tame(child))
			return false;
	}
	return true;
}

static struct market_row *add_row(
	const struct snapshot *of, enum market_metric metric, const cJSON *raw)
{
	struct market_row *row = market_rows_add(of->rows);

	row->symbol = of->symbol;
	row->asset_class = of->ask->asset_class;
	row->feed = of->ask->feed;
	row->metric = metric;
	row->raw = raw_is_tame(raw) ? cJSON_Duplicate(raw, true) : NULL;
	return row;
}

static const char *session_of(const struct snapshot_ask *ask, struct wall at)
{
	return is_crypto(ask) ? "regular" : session_at(ask->calendar, at);
}

static void add_trade(const struct snapshot *of)
{
	struct price price = {0};
	struct wall at;

	if (of->trade == NULL)
		return;
	if (!read_time(of->trade, &at)) {
		drop(of, METRIC_LAST_TRADE, "no time", "t");
		return;
	}
	if (!read_price(of->trade, "p", &price) || price.nano == 0) {
		drop(of, METRIC_LAST_TRADE, "not a price", "p");
		return;
	}

	struct market_row *row = add_row(of, METRIC_LAST_TRADE, of->trade);
	row->price = price;
	row->volume = read_volume(of->trade, "s");
	row->as_of = at;
	row->session_date = local_date(of->ask, at);
	row->session = session_of(of->ask, at);
}

/* Zero on a side says that nobody bids or asks there: then the other side stands as the price, so that an older quote
 * does not go on speaking for the market, and whoever judges by a midpoint sees that a side is absent. */
static struct price quote_price(struct price bid, struct price ask)
{
	struct price middle = {bid.nano != 0 ? bid.nano : ask.nano};

	if (bid.nano != 0 && ask.nano != 0)
		middle.nano = bid.nano / 2 + ask.nano / 2 + (bid.nano % 2 + ask.nano % 2 + 1) / 2;
	return middle;
}

static void add_quote(const struct snapshot *of)
{
	struct price bid = {0};
	struct price ask = {0};
	struct wall at;

	if (of->quote == NULL)
		return;
	if (!read_time(of->quote, &at)) {
		drop(of, METRIC_LAST_QUOTE, "no time", "t");
		return;
	}
	if (!read_price(of->quote, "bp", &bid) || !read_price(of->quote, "ap", &ask)) {
		drop(of, METRIC_LAST_QUOTE, "not a price", "bp, ap");
		return;
	}
	if (bid.nano == 0 && ask.nano == 0)
		return;

	struct market_row *row = add_row(of, METRIC_LAST_QUOTE, of->quote);
	row->price = quote_price(bid, ask);
	row->bid = bid;
	row->ask = ask;
	row->as_of = at;
	row->session_date = local_date(of->ask, at);
	row->session = session_of(of->ask, at);
}

/* The row of a bar without its times; NULL when it was dropped. */
static struct market_row *add_bar(
	const struct snapshot *of, enum market_metric metric, const cJSON *bar)
{
	struct price open = {0};
	struct price high = {0};
	struct price low = {0};
	struct price close = {0};

	if (!read_price(bar, "o", &open) || !read_price(bar, "h", &high) ||
		!read_price(bar, "l", &low)) {
		drop(of, metric, "not a price", "o, h, l");
		return NULL;
	}
	if (!read_price(bar, "c", &close) || close.nano == 0) {
		drop(of, metric, "not a price", "c");
		return NULL;
	}

	struct market_row *row = add_row(of, metric, bar);
	row->price = close;
	row->open = open;
	row->high = high;
	row->low = low;
	row->volume = read_volume(bar, "v");
	return row;
}

static void add_minute(const struct snapshot *of)
{
	struct wall start;

	if (of->minute == NULL)
		return;
	if (!read_time(of->minute, &start)) {
		drop(of, METRIC_MINUTE_BAR, "no time", "t");
		return;
	}

	struct market_row *row = add_bar(of, METRIC_MINUTE_BAR, of->minute);
	if (row == NULL)
		return;
	row->as_of = (struct wall){start.us + MINUTE_US};
	/* The last minute of a session ends when the session does, and belongs to it. */
	row->session_date = local_date(of->ask, start);
	row->session = session_of(of->ask, start);
}

/* A daily bar's own time is midnight and says nothing about its age: the newest trade or minute known does. */
static struct wall day_as_of(const struct snapshot *of, struct wall start)
{
	struct wall newest = start;
	struct wall at;

	if (of->trade != NULL && read_time(of->trade, &at) && at.us > newest.us)
		newest = at;
	if (of->minute != NULL && read_time(of->minute, &at) && at.us + MINUTE_US > newest.us)
		newest.us = at.us + MINUTE_US;
	return newest;
}

static void add_day(const struct snapshot *of)
{
	struct wall start;

	if (of->day == NULL)
		return;
	if (!read_time(of->day, &start)) {
		drop(of, METRIC_DAILY_BAR, "no time", "t");
		return;
	}

	struct market_row *row = add_bar(of, METRIC_DAILY_BAR, of->day);
	if (row == NULL)
		return;
	row->as_of = day_as_of(of, start);
	row->session_date = local_date(of->ask, start);
	row->session = "regular";
}

/* When a day's close came to be: midnight UTC for crypto, else the closing bell by the calendar, or 16:00. */
static struct wall close_of_date(const struct snapshot_ask *ask, struct date date)
{
	if (is_crypto(ask))
		return date_midnight_utc(date_add_days(date, 1));

	const struct calendar_day *day = calendar_day(ask->calendar, date);
	return day != NULL ? day->close : ny_at(date, 16, 0);
}

static bool bar_is_before(const struct snapshot *of, const cJSON *bar, struct date *date_out)
{
	struct wall start;

	if (bar == NULL || !read_time(bar, &start))
		return false;
	*date_out = local_date(of->ask, start);
	return date_compare(*date_out, local_date(of->ask, of->ask->now)) < 0;
}

/* The newest daily bar of an earlier date than today. */
static void add_prev_close(const struct snapshot *of)
{
	const cJSON *bar = of->day;
	struct date date;

	if (!bar_is_before(of, bar, &date)) {
		bar = of->day_before;
		if (!bar_is_before(of, bar, &date))
			return;
	}

	struct market_row *row = add_bar(of, METRIC_PREV_CLOSE, bar);
	if (row == NULL)
		return;
	row->as_of = close_of_date(of->ask, date);
	row->session_date = date;
	row->session = "regular";
}

static void add_symbol(const struct snapshot *of, unsigned metrics)
{
	static void (*const add[])(const struct snapshot *of) = {
		[METRIC_LAST_TRADE] = add_trade,
		[METRIC_LAST_QUOTE] = add_quote,
		[METRIC_MINUTE_BAR] = add_minute,
		[METRIC_DAILY_BAR] = add_day,
		[METRIC_PREV_CLOSE] = add_prev_close,
	};

	for (unsigned i = 0; i < LENGTH(add); i++)
		if (metrics & 1u << i)
			add[i](of);
}

/* The map of symbols inside the answer, or NULL. */
static const cJSON *symbol_map(const struct snapshot_ask *ask, const cJSON *document)
{
	return is_crypto(ask) ? object_member(document, "snapshots")
			      : (cJSON_IsObject(document) ? document : NULL);
}

int snapshots_parse(const struct snapshot_ask *ask, const char *body, size_t length,
	struct market_rows **rows_out, struct err *err)
{
	AUTO(json_free) cJSON *document = NULL;
	struct json_fault fault;

	if (json_parse(body, length, &document, &fault) < 0)
		return err_set(err, -EINVAL, "no JSON: %s", fault.text);

	const cJSON *map = symbol_map(ask, document);
	if (map == NULL)
		return err_set(err, -EINVAL, "no map of snapshots");

	struct market_rows *rows = alloc_zero(sizeof(*rows));
	for (size_t i = 0; i < ask->count; i++) {
		const cJSON *item = object_member(map, ask->entries[i].symbol.text);
		if (item == NULL)
			continue;

		struct snapshot of = {
			.ask = ask,
			.symbol = ask->entries[i].symbol,
			.rows = rows,
			.trade = object_member(item, "latestTrade"),
			.quote = object_member(item, "latestQuote"),
			.minute = object_member(item, "minuteBar"),
			.day = object_member(item, "dailyBar"),
			.day_before = object_member(item, "prevDailyBar"),
		};
		rows->present++;
		add_symbol(&of, ask->entries[i].metrics);
	}
	*rows_out = rows;
	return 0;
}
