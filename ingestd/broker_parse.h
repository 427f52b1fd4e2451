/*
 * broker_parse.h - the broker's calendar and clock: bodies of GET /v2/calendar and GET /v2/clock. Pure.
 * The calendar speaks New York wall time (`09:30`, and `0400` for the extended session); rows hold instants.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/sys/clock.h"
#include "common/sys/err.h"
#include "common/trading/calendar.h"

struct broker_clock {
	bool is_open;
	struct wall at, next_open, next_close;
};

/* Days in ascending order; the caller frees *days_out (alloc_free). An empty list is fine (a long holiday), anything
 * that is no list of days is -EINVAL: half a calendar is worse than the old one. */
int broker_days_parse(const char *body, size_t length, struct calendar_day **days_out,
	size_t *count_out, struct err *err) MUST_CHECK;
/* jsonb text for market_calendar_store; the caller frees. */
char *broker_days_print(const struct calendar_day days[], size_t count);

int broker_clock_parse(
	const char *body, size_t length, struct broker_clock *out, struct err *err) MUST_CHECK;
