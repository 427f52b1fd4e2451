/*
 * fixture.h - market data and a calendar from a file, for QUESTION_PIPELINE_TEST_MODE. Pure but for fixture_read.
 *
 *   {"rows": [{"symbol": "SPY", "asset_class": "us_equity", "feed": "iex", "metric": "last_trade", "price": "492",
 *              "volume": 100, "age_seconds": -10, "session_offset": 0}],
 *    "calendar": [{"day_offset": 0, "open": "09:30", "close": "16:00"}]}
 *
 * Times are relative, so that the file never grows old. The first poll is its beginning. age_seconds: how old a row is
 * whenever it is polled (0); negative: it appears that long after the beginning. Of the rows of one series the newest that
 * has appeared is traded on, as a feed would, and never grows older than age_seconds; those before it keep the time that
 * they had at the beginning. session_offset: the session that the row belongs to, counted from today's, or from the
 * last one where today has none (0; prev_close: -1). day_offset: New York dates from today; a close after midnight is
 * written as 24:30. A price stands for all sides of a quote and of a bar.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/sys/err.h"
#include "ingestd/broker_parse.h"
#include "ingestd/parse.h"

enum {
	FIXTURE_ROWS = 1000,
	FIXTURE_SERIES = 100, /* rows of one series */
	FIXTURE_DAYS = 400,
};

struct fixture_row {
	struct symbol symbol;
	enum asset_class asset_class;
	enum feed feed;
	enum market_metric metric;
	struct price price;
	char *volume; /* NULL = none */
	struct span age;
	int session_offset;
};

struct fixture_day {
	int offset;
	int open, close; /* minutes since midnight in New York */
};

struct fixture {
	struct fixture_row *rows;
	size_t nrows;
	struct fixture_day *days; /* by offset */
	size_t ndays;
	bool begun;
	struct wall began; /* the first poll */
};

/* path NULL: the shipped one, the plan's scenario in a session around now. 0, or -EINVAL and a sentence that names the
 * file, the row and the field. */
int fixture_read(const char *path, struct fixture **fixture_out, struct err *err) MUST_CHECK;
/* name: of the file, for the sentence. */
int fixture_parse(const char *name, const char *text, size_t length, struct fixture **fixture_out,
	struct err *err) MUST_CHECK;
void fixture_free(struct fixture **fixture);

/* The rows that the ask wants and that have appeared, from the oldest: layer 0 holds the first of every series, layer 1 the
 * second; each layer is a batch of its own, because a batch keeps one row a series. more_out: there is another. */
struct market_rows *fixture_rows(
	struct fixture *fixture, const struct snapshot_ask *ask, size_t layer, bool *more_out);

/* The calendar as seen from that New York date; the caller frees (alloc_free). */
struct calendar_day *fixture_days(
	const struct fixture *fixture, struct date today, size_t *count_out);
/* What a broker's clock would say; false when the calendar has no session left to come. */
bool fixture_clock(const struct calendar *calendar, struct wall now, struct broker_clock *out);
