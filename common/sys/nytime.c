/* nytime.c - New York's wall clock: the one file that asks the time zone of the process. */
#include <time.h>

#include "common/sys/date.h"
#include "common/sys/must.h"

static struct tm new_york(struct wall at)
{
	int64_t seconds = at.us / 1000000 - (at.us % 1000000 < 0 ? 1 : 0);
	time_t when = (time_t)seconds;
	struct tm tm;

	must(localtime_r(&when, &tm));
	/* New York has always been four to five hours behind UTC; anything else is a process with another TZ. */
	must(tm.tm_gmtoff >= -5 * 3600 && tm.tm_gmtoff <= -4 * 3600);
	return tm;
}

static struct date date_of(const struct tm *tm)
{
	return (struct date){tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday};
}

struct date ny_date(struct wall at)
{
	struct tm tm = new_york(at);

	return date_of(&tm);
}

/* Of the two hours that exist twice in autumn the first; in the hour that spring skips, an hour later. */
struct wall ny_at(struct date date, int hour, int minute)
{
	struct span into_day = span_sec((hour * 60 + minute) * INT64_C(60));
	struct wall summer =
		wall_add(wall_add(date_midnight_utc(date), into_day), span_sec(4 * 3600));
	struct tm tm = new_york(summer);

	if (tm.tm_hour == hour && tm.tm_min == minute && date_compare(date_of(&tm), date) == 0)
		return summer;
	return wall_add(summer, span_sec(3600));
}
