/*
 * calendar.h - trading days as the broker's calendar tells them: rows, never arithmetic.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/sys/clock.h"
#include "common/sys/date.h"
#include "common/trading/word.h"

struct calendar_day {
	struct date date;
	struct wall open, close;	  /* regular session */
	struct wall pre_open, post_close; /* extended; equal to open, close where unknown */
};

/* A view over rows in ascending order of date. */
struct calendar {
	const struct calendar_day *days;
	size_t ndays;
};

/* The session of that New York date, or NULL. */
const struct calendar_day *calendar_day(const struct calendar *calendar, struct date date);
/* The last session before that date, or NULL. */
const struct calendar_day *calendar_previous(const struct calendar *calendar, struct date date);
/* There is a session before the date and one on or after it: absence then means "closed", not "unknown". */
bool calendar_covers(const struct calendar *calendar, struct date date);

/* Is `at` within the session? Half open: open is in, close is out. SESSION_ANY is always true. */
bool calendar_in_session(
	const struct calendar *calendar, enum rule_session session, struct wall at);
/* When the session that `at` is in ends; false outside a session and for SESSION_ANY. */
bool calendar_session_close(const struct calendar *calendar, enum rule_session session,
	struct wall at, struct wall *out);
/* Has a later trading day than that of `since` begun at `now`? Equities: a session's New York date; crypto: any
 * New York date. */
bool calendar_next_day_begun(const struct calendar *calendar, enum asset_class asset_class,
	struct wall since, struct wall now);
