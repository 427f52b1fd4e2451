/*
 * date.h - calendar days, in UTC and in New York.
 * The New York half lives in nytime.c, the one file that uses localtime_r; the process must run with
 * TZ=America/New_York (daemon_run and the tests set it before anything else).
 */
#pragma once

#include <stdbool.h>

#include "common/sys/attr.h"
#include "common/sys/clock.h"

struct date {
	int year;  /* 0 = no date */
	int month; /* 1..12 */
	int day;   /* 1..31 */
};

enum {
	DATE_TEXT = 16,
};

/* Exactly YYYY-MM-DD and a day that exists; 0 or -EINVAL. */
int date_parse(const char *text, struct date *out) MUST_CHECK;
void date_format(struct date date, char out[static DATE_TEXT]);
int date_compare(struct date a, struct date b); /* <0, 0, >0 */
struct date date_add_days(struct date date, int days);
struct date date_utc(struct wall at);
struct wall date_midnight_utc(struct date date);

/* The New York date of an instant; the instant of a New York wall time.
 * A wall time that exists twice means the first; one that spring skips means an hour later. */
struct date ny_date(struct wall at);
struct wall ny_at(struct date date, int hour, int minute);
