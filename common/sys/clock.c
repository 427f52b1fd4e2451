/* clock.c - the system's clocks, and wall times as text. */
#include "common/sys/clock.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/sys/date.h"
#include "common/sys/must.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US (86400 * SECOND_US)

static int64_t read_us(clockid_t id)
{
	struct timespec at;

	must(clock_gettime(id, &at) == 0);
	return (int64_t)at.tv_sec * SECOND_US + at.tv_nsec / 1000;
}

static struct wall system_wall(void *owner)
{
	(void)owner;
	return (struct wall){read_us(CLOCK_REALTIME)};
}

static struct mono system_mono(void *owner)
{
	(void)owner;
	return (struct mono){read_us(CLOCK_BOOTTIME)};
}

const struct clock *clock_system(void)
{
	static const struct clock clock = {.wall = system_wall, .mono = system_mono};

	return &clock;
}

/* Exactly two digits, at most `most`; moves *at behind them. -1 when they are not there. */
static int two_digits(const char **at, int most)
{
	const char *text = *at;
	int number;

	if (!isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1]))
		return -1;
	number = (text[0] - '0') * 10 + (text[1] - '0');
	if (number > most)
		return -1;
	*at = text + 2;
	return number;
}

static int parse_date(const char **at, struct date *out)
{
	char text[11] = "";
	size_t i;

	for (i = 0; i < 10 && (*at)[i]; i++)
		text[i] = (*at)[i];
	*at += i;
	return date_parse(text, out);
}

static int parse_time(const char **at, int64_t *us_out)
{
	int hour, minute, second;

	hour = two_digits(at, 23);
	if (hour < 0 || *(*at)++ != ':')
		return -EINVAL;
	minute = two_digits(at, 59);
	if (minute < 0 || *(*at)++ != ':')
		return -EINVAL;
	second = two_digits(at, 59);
	if (second < 0)
		return -EINVAL;
	*us_out = ((hour * 60 + minute) * 60 + second) * SECOND_US;
	return 0;
}

static int parse_fraction(const char **at, int64_t *us)
{
	const char *text = *at;
	int64_t unit = SECOND_US / 10;
	int digits = 0;

	if (*text != '.')
		return 0;
	for (text++; isdigit((unsigned char)*text); text++) {
		if (++digits > 9)
			return -EINVAL;
		*us += (*text - '0') * unit;
		unit /= 10;
	}
	if (digits == 0)
		return -EINVAL;
	*at = text;
	return 0;
}

/* `Z`, or how far the zone is ahead of UTC: +hh, +hh:mm, and Postgres's +hh:mm:ss of long ago. */
static int parse_zone(const char **at, int64_t *ahead_us_out)
{
	char sign = *(*at)++;
	int part[3] = {0, 0, 0};

	if (sign == 'Z') {
		*ahead_us_out = 0;
		return 0;
	}
	if (sign != '+' && sign != '-')
		return -EINVAL;
	for (int i = 0; i < 3; i++) {
		part[i] = two_digits(at, i == 0 ? 23 : 59);
		if (part[i] < 0)
			return -EINVAL;
		if (**at != ':')
			break;
		if (i < 2)
			(*at)++;
	}
	*ahead_us_out = ((part[0] * 60 + part[1]) * 60 + part[2]) * SECOND_US;
	if (sign == '-')
		*ahead_us_out = -*ahead_us_out;
	return 0;
}

int wall_parse(const char *text, struct wall *out)
{
	int64_t us = 0, ahead_us = 0;
	struct date date;

	if (parse_date(&text, &date) < 0)
		return -EINVAL;
	if (*text != 'T' && *text != ' ')
		return -EINVAL;
	text++;
	if (parse_time(&text, &us) < 0 || parse_fraction(&text, &us) < 0 ||
		parse_zone(&text, &ahead_us) < 0 || *text != '\0')
		return -EINVAL;
	out->us = date_midnight_utc(date).us + us - ahead_us;
	return 0;
}

void wall_format(struct wall at, char out[static WALL_TEXT])
{
	struct date date = date_utc(at);
	int64_t us = at.us % DAY_US;
	int seconds;
	size_t length;

	if (us < 0)
		us += DAY_US;
	seconds = (int)(us / SECOND_US);
	us %= SECOND_US;
	snprintf(out, WALL_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%06" PRId64, date.year, date.month,
		date.day, seconds / 3600, seconds / 60 % 60, seconds % 60, us);

	length = strlen(out);
	while (out[length - 1] == '0')
		length--;
	if (out[length - 1] == '.')
		length--;
	memcpy(out + length, "Z", 2);
}
