/* fixture.c - see fixture.h: what has appeared at a time. */
#include "ingestd/fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "common/sys/alloc.h"
#include "ingestd/session.h"

void fixture_free(struct fixture **fixture)
{
	if (*fixture == NULL)
		return;
	for (size_t i = 0; i < (*fixture)->nrows; i++)
		alloc_free(&(*fixture)->rows[i].volume);
	alloc_free(&(*fixture)->rows);
	alloc_free(&(*fixture)->days);
	alloc_free(fixture);
}

static struct wall fixed_at(const struct fixture *fixture, const struct fixture_row *row)
{
	return (struct wall){fixture->began.us - row->age.us};
}

/* Those of a series that have appeared, the oldest first. */
struct series {
	const struct fixture_row *rows[FIXTURE_SERIES];
	size_t count;
};

static int compare_ages(const void *left, const void *right)
{
	const struct fixture_row *a = *(const struct fixture_row *const *)left;
	const struct fixture_row *b = *(const struct fixture_row *const *)right;

	return (a->age.us < b->age.us) - (a->age.us > b->age.us);
}

static void series_find(const struct fixture *fixture, const struct snapshot_ask *ask,
	const char *symbol, enum market_metric metric, struct series *out)
{
	out->count = 0;
	for (size_t i = 0; i < fixture->nrows; i++) {
		const struct fixture_row *row = &fixture->rows[i];
		bool appeared = row->age.us >= 0 || fixed_at(fixture, row).us <= ask->now.us;

		if (appeared && row->metric == metric && row->feed == ask->feed &&
			row->asset_class == ask->asset_class &&
			strcmp(row->symbol.text, symbol) == 0)
			out->rows[out->count++] = row;
	}
	qsort(out->rows, out->count, sizeof(out->rows[0]), compare_ages);
}

/* A close and a daily bar are judged by their date; anything else must not grow old while it is the newest. */
static bool is_judged_by_date(enum market_metric metric)
{
	return metric == METRIC_PREV_CLOSE || metric == METRIC_DAILY_BAR;
}

static struct wall as_of(const struct fixture *fixture, const struct snapshot_ask *ask,
	const struct fixture_row *row, bool newest)
{
	if (!newest || is_judged_by_date(row->metric))
		return fixed_at(fixture, row);
	return (struct wall){ask->now.us - (row->age.us > 0 ? row->age.us : 0)};
}

/* Of the session `offset` away from today's, or from the last one before; year 0 when the calendar has none. */
static struct date session_date(const struct fixture *fixture, const struct snapshot_ask *ask,
	const struct fixture_row *row)
{
	size_t now = 0;

	if (ask->asset_class == ASSET_CRYPTO)
		return date_add_days(date_utc(ask->now), row->session_offset);
	while (now < fixture->ndays && fixture->days[now].offset <= 0)
		now++;

	ssize_t at = (ssize_t)now - 1 + row->session_offset;
	if (now == 0 || at < 0 || at >= (ssize_t)fixture->ndays)
		return (struct date){0};
	return date_add_days(ny_date(ask->now), fixture->days[at].offset);
}

static void add_row(const struct fixture *fixture, const struct snapshot_ask *ask,
	const struct fixture_row *from, bool newest, struct market_rows *rows)
{
	struct market_row *row = market_rows_add(rows);

	row->symbol = from->symbol;
	row->asset_class = from->asset_class;
	row->feed = from->feed;
	row->metric = from->metric;
	row->price = from->price;
	row->volume = alloc_text(from->volume);
	row->as_of = as_of(fixture, ask, from, newest);
	row->session_date = session_date(fixture, ask, from);
	row->session = "regular";
	if (from->metric == METRIC_LAST_QUOTE)
		row->bid = row->ask = from->price;
	else if (from->metric != METRIC_LAST_TRADE)
		row->open = row->high = row->low = from->price;
	if (!is_judged_by_date(from->metric) && ask->asset_class != ASSET_CRYPTO)
		row->session = session_at(ask->calendar, row->as_of);
}

struct market_rows *fixture_rows(
	struct fixture *fixture, const struct snapshot_ask *ask, size_t layer, bool *more_out)
{
	struct market_rows *rows = alloc_zero(sizeof(*rows));
	struct series series;

	if (!fixture->begun) {
		fixture->begun = true;
		fixture->began = ask->now;
	}
	*more_out = false;
	for (size_t i = 0; i < ask->count; i++) {
		size_t before = rows->count;

		for (unsigned metric = METRIC_LAST_TRADE; metric <= METRIC_PREV_CLOSE; metric++) {
			if (!(ask->entries[i].metrics & 1u << metric))
				continue;
			series_find(fixture, ask, ask->entries[i].symbol.text,
				(enum market_metric)metric, &series);
			if (layer < series.count)
				add_row(fixture, ask, series.rows[layer], layer + 1 == series.count,
					rows);
			if (layer + 1 < series.count)
				*more_out = true;
		}
		rows->present += rows->count > before;
	}
	return rows;
}

struct calendar_day *fixture_days(
	const struct fixture *fixture, struct date today, size_t *count_out)
{
	struct calendar_day *days = alloc_array(fixture->ndays + 1, sizeof(*days));

	for (size_t i = 0; i < fixture->ndays; i++) {
		const struct fixture_day *from = &fixture->days[i];
		struct date date = date_add_days(today, from->offset);
		struct date end = date_add_days(date, from->close / (24 * 60));
		int close = from->close % (24 * 60);

		days[i].date = date;
		days[i].open = ny_at(date, from->open / 60, from->open % 60);
		days[i].close = ny_at(end, close / 60, close % 60);
		days[i].pre_open = days[i].open;
		days[i].post_close = days[i].close;
	}
	*count_out = fixture->ndays;
	return days;
}

bool fixture_clock(const struct calendar *calendar, struct wall now, struct broker_clock *out)
{
	struct broker_clock clock = {.at = now};

	for (size_t i = 0; i < calendar->ndays; i++) {
		const struct calendar_day *day = &calendar->days[i];

		if (day->open.us <= now.us && now.us < day->close.us)
			clock.is_open = true;
		if (clock.next_open.us == 0 && day->open.us > now.us)
			clock.next_open = day->open;
		if (clock.next_close.us == 0 && day->close.us > now.us)
			clock.next_close = day->close;
	}
	if (clock.next_open.us == 0 || clock.next_close.us == 0)
		return false;
	*out = clock;
	return true;
}
