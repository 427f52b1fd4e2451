/*
 * scene.h - the plan's document, three trading days around Thanksgiving 2026 (26 November closed, the 27th ends at
 * 13:00), and SPY at 492 after a close of 500.
 */
#pragma once

#include "common/trading/calendar.h"
#include "common/trading/config_check.h"
#include "common/trading/market.h"
#include "test/unit/trading/data.h"

#define SCENE_NOW "2026-11-25T15:00:00Z"

static inline struct calendar_day scene_day(
	const char *date, const char *open, const char *close, const char *post)
{
	struct wall opens = at(open);

	return (struct calendar_day){.date = on(date),
		.open = opens,
		.close = at(close),
		.pre_open = wall_add(opens, span_sec(-19800)),
		.post_close = at(post)};
}

struct scene {
	struct config *config;
	struct calendar_day days[4];
	struct calendar calendar;
	struct observation rows[5];
	struct market market;
};

/* A config from document text; fails the test with every error named. */
static inline struct config *scene_config(const char *override)
{
	struct config_source source = {.override_text = override, .worker_interval_seconds = 60};
	struct config_report report = {0};
	struct config *config = NULL;
	size_t i;

	if (config_load(&source, &config, &report) < 0) {
		for (i = 0; i < report.nerrors; i++)
			print_error("%s: %s\n", report.errors[i].path, report.errors[i].message);
		fail();
	}
	config_report_done(&report);
	return config;
}

/* Indices into scene->rows. */
enum {
	SCENE_LAST,
	SCENE_CLOSE,
	SCENE_DAY,
	SCENE_MINUTE,
	SCENE_QUOTE,
};

static inline struct observation scene_row(enum market_metric metric, const char *price)
{
	return (struct observation){.snapshot_id = 100 + (int64_t)metric,
		.symbol = {"SPY"},
		.feed = FEED_IEX,
		.metric = metric,
		.price = usd(price),
		.as_of = at("2026-11-25T14:59:30Z"),
		.session_date = on("2026-11-25")};
}

/* The seed's document and rows: only last_trade, prev_close and daily_bar are shown until nrows is raised. */
static inline void scene_set(struct scene *scene)
{
	AUTO(json_free) cJSON *seed = data_read("seed.json");
	AUTO(alloc_free) char *text = json_print(seed);

	*scene = (struct scene){.config = scene_config(text)};
	scene->days[0] = scene_day("2026-11-24", "2026-11-24T14:30:00Z", "2026-11-24T21:00:00Z",
		"2026-11-25T01:00:00Z");
	scene->days[1] = scene_day("2026-11-25", "2026-11-25T14:30:00Z", "2026-11-25T21:00:00Z",
		"2026-11-26T01:00:00Z");
	scene->days[2] = scene_day("2026-11-27", "2026-11-27T14:30:00Z", "2026-11-27T18:00:00Z",
		"2026-11-27T22:00:00Z");
	scene->days[3] = scene_day("2026-11-30", "2026-11-30T14:30:00Z", "2026-11-30T21:00:00Z",
		"2026-12-01T01:00:00Z");
	scene->calendar = (struct calendar){scene->days, LENGTH(scene->days)};
	scene->rows[SCENE_LAST] = scene_row(METRIC_LAST_TRADE, "492");
	scene->rows[SCENE_CLOSE] = scene_row(METRIC_PREV_CLOSE, "500");
	scene->rows[SCENE_CLOSE].session_date = on("2026-11-24");
	scene->rows[SCENE_CLOSE].as_of = at("2026-11-24T21:00:00Z");
	scene->rows[SCENE_DAY] = scene_row(METRIC_DAILY_BAR, "492");
	scene->rows[SCENE_DAY].open = usd("499");
	scene->rows[SCENE_DAY].high = usd("501");
	scene->rows[SCENE_DAY].low = usd("491");
	scene->rows[SCENE_MINUTE] = scene_row(METRIC_MINUTE_BAR, "492.1");
	scene->rows[SCENE_QUOTE] = scene_row(METRIC_LAST_QUOTE, "492");
	scene->rows[SCENE_QUOTE].bid = usd("491.9");
	scene->rows[SCENE_QUOTE].ask = usd("492.1");
	scene->market = (struct market){scene->rows, 3};
}

static inline void scene_end(struct scene *scene)
{
	config_free(&scene->config);
}
