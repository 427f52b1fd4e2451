/* test_date.c - calendar days, and New York's clock over its two changes a year. */
#include "test/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "common/sys/date.h"

static struct wall at_text(const char *text)
{
	struct wall at = {0};

	want_i64(text, wall_parse(text, &at), 0);
	return at;
}

static const char *const bad[] = {
	"",
	"2026",
	"2026-1-1",
	"2026-02-29",
	"1900-02-29",
	"2026-04-31",
	"2026-00-10",
	"2026-10-00",
	"2026-13-01",
	"0000-01-01",
	"2026-01-01 ",
	" 2026-01-01",
	"2026/01/01",
	"26-01-01",
	"-026-01-01",
	"2026-01-1x",
	"20260101",
};

static void reads_days(void **state)
{
	struct date date;
	char text[DATE_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		date = (struct date){7, 7, 7};
		want_i64(bad[i], date_parse(bad[i], &date), -EINVAL);
		want_i64(bad[i], date.year, 7);
	}
	want_i64("leap", date_parse("2000-02-29", &date), 0);
	want_i64("year", date.year, 2000);
	want_i64("month", date.month, 2);
	want_i64("day", date.day, 29);
	date_format(date, text);
	want_str("text", text, "2000-02-29");
}

/* Every day of four centuries, against the next one by hand. */
static void counts_days(void **state)
{
	static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	struct date date = {1801, 1, 1};
	struct wall midnight = date_midnight_utc(date);

	(void)state;
	want_i64("days before 1970", midnight.us / INT64_C(86400000000), -61726);
	for (int i = 0; i < 146097; i++) {
		int leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
		struct date next = date_add_days(date, 1);
		struct date read;
		char text[DATE_TEXT];

		date_format(date, text);
		want_i64(text, date_parse(text, &read), 0);
		want_i64(text, date_compare(read, date), 0);
		want_i64(text, date_compare(date_utc(midnight), date), 0);
		want_true(text, date_compare(date, next) < 0 && date_compare(next, date) > 0);
		if (date.day < lengths[date.month - 1] + (date.month == 2 && leap))
			date.day++;
		else if (date.month < 12)
			date = (struct date){date.year, date.month + 1, 1};
		else
			date = (struct date){date.year + 1, 1, 1};
		want_i64(text, date_compare(next, date), 0);
		midnight = wall_add(midnight, span_sec(86400));
		want_i64(text, date_midnight_utc(date).us, midnight.us);
		want_i64(text, date_compare(date_utc((struct wall){midnight.us - 1}), read), 0);
	}
	want_i64("back at once", date_add_days(date, -146097).year, 1801);
}

/* clang-format off */
/* Of the shared golden vectors: trading_date. */
static const struct {
	const char *utc, *ny, *utc_date;
} days[] = {
	{"2026-03-06T04:59:59+00:00", "2026-03-05", "2026-03-06"},
	{"2026-03-06T05:00:00+00:00", "2026-03-06", "2026-03-06"},
	{"2026-03-08T04:59:59+00:00", "2026-03-07", "2026-03-08"},
	{"2026-03-09T03:59:59+00:00", "2026-03-08", "2026-03-09"},
	{"2026-03-09T04:00:00+00:00", "2026-03-09", "2026-03-09"},
	{"2026-11-01T03:59:59+00:00", "2026-10-31", "2026-11-01"},
	{"2026-11-02T04:59:59+00:00", "2026-11-01", "2026-11-02"},
	{"2026-11-02T05:00:00+00:00", "2026-11-02", "2026-11-02"},
	{"2026-12-31T23:30:00+00:00", "2026-12-31", "2026-12-31"},
	{"1969-12-31T23:59:59.5Z", "1969-12-31", "1969-12-31"},
	{"1970-01-01T04:59:59.999999Z", "1969-12-31", "1970-01-01"},
};

/* Of open_utc, and the hours that do not exist or exist twice. */
static const struct {
	const char *name, *date;
	int hour, minute;
	const char *utc;
} times[] = {
	{"opening in winter", "2026-03-06", 9, 30, "2026-03-06T14:30:00Z"},
	{"opening after spring", "2026-03-09", 9, 30, "2026-03-09T13:30:00Z"},
	{"opening before autumn", "2026-10-30", 9, 30, "2026-10-30T13:30:00Z"},
	{"opening after autumn", "2026-11-02", 9, 30, "2026-11-02T14:30:00Z"},
	{"midnight before spring", "2026-03-08", 0, 0, "2026-03-08T05:00:00Z"},
	{"last minute of winter", "2026-03-08", 1, 59, "2026-03-08T06:59:00Z"},
	{"skipped by spring", "2026-03-08", 2, 30, "2026-03-08T07:30:00Z"},
	{"first minute of summer", "2026-03-08", 3, 0, "2026-03-08T07:00:00Z"},
	{"midnight before autumn", "2026-11-01", 0, 0, "2026-11-01T04:00:00Z"},
	{"twice in autumn", "2026-11-01", 1, 30, "2026-11-01T05:30:00Z"},
	{"after autumn", "2026-11-01", 2, 0, "2026-11-01T07:00:00Z"},
	{"last minute of a year", "2026-12-31", 23, 59, "2027-01-01T04:59:00Z"},
};

/* clang-format on */

static void knows_new_yorks_date(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(days); i++) {
		struct wall at = at_text(days[i].utc);
		char text[DATE_TEXT];

		date_format(ny_date(at), text);
		want_str(days[i].utc, text, days[i].ny);
		date_format(date_utc(at), text);
		want_str(days[i].utc, text, days[i].utc_date);
	}
}

static void knows_new_yorks_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(times); i++) {
		struct date date;
		struct wall at;
		char text[WALL_TEXT];

		want_i64(times[i].name, date_parse(times[i].date, &date), 0);
		at = ny_at(date, times[i].hour, times[i].minute);
		wall_format(at, text);
		want_str(times[i].name, text, times[i].utc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_days),
		cmocka_unit_test(counts_days),
		cmocka_unit_test(knows_new_yorks_date),
		cmocka_unit_test(knows_new_yorks_time),
	};

	setenv("TZ", "America/New_York", 1);
	tzset();
	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
