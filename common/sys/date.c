/* date.c - calendar days by arithmetic (proleptic Gregorian, UTC). */
#include "common/sys/date.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DAY_US INT64_C(86400000000)

static bool leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
	static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && leap(year) ? 1 : 0);
}

/* Days since 1970-01-01, by years that begin in March, so that the leap day is the last of its year. */
static int64_t days_of(struct date date)
{
	int64_t year = date.year - (date.month <= 2 ? 1 : 0);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t month = (date.month + 9) % 12;
	int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

static struct date date_of(int64_t days)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct date date;

	date.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	date.month = (int)(month < 10 ? month + 3 : month - 9);
	date.year = (int)(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
	return date;
}

int date_parse(const char *text, struct date *out)
{
	static const char shape[] = "dddd-dd-dd";
	struct date date = {0, 0, 0};
	int *const parts[] = {&date.year, &date.month, &date.day};
	size_t part = 0;

	for (size_t i = 0; i < sizeof(shape); i++) {
		if (shape[i] == 'd' && isdigit((unsigned char)text[i]))
			*parts[part] = *parts[part] * 10 + (text[i] - '0');
		else if (shape[i] == '-' && text[i] == '-')
			part++;
		else if (shape[i] != '\0' || text[i] != '\0')
			return -EINVAL;
	}
	if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 ||
		date.day > days_in_month(date.year, date.month))
		return -EINVAL;
	*out = date;
	return 0;
}

void date_format(struct date date, char out[static DATE_TEXT])
{
	snprintf(out, DATE_TEXT, "%04d-%02d-%02d", date.year, date.month, date.day);
}

int date_compare(struct date a, struct date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return (a.day > b.day) - (a.day < b.day);
}

struct date date_add_days(struct date date, int days)
{
	return date_of(days_of(date) + days);
}

struct date date_utc(struct wall at)
{
	int64_t days = at.us / DAY_US;

	if (at.us % DAY_US < 0)
		days--;
	return date_of(days);
}

struct wall date_midnight_utc(struct date date)
{
	return (struct wall){days_of(date) * DAY_US};
}
