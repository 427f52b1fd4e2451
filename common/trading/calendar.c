/* calendar.c - sessions of the broker's calendar. */
#include "common/trading/calendar.h"

const struct calendar_day *calendar_day(const struct calendar *calendar, struct date date)
{
	size_t i;

	for (i = 0; i < calendar->ndays; i++)
		if (date_compare(calendar->days[i].date, date) == 0)
			return &calendar->days[i];

	return NULL;
}

const struct calendar_day *calendar_previous(const struct calendar *calendar, struct date date)
{
	const struct calendar_day *previous = NULL;
	size_t i;

	for (i = 0; i < calendar->ndays; i++)
		if (date_compare(calendar->days[i].date, date) < 0)
			previous = &calendar->days[i];

	return previous;
}

bool calendar_covers(const struct calendar *calendar, struct date date)
{
	if (!calendar_previous(calendar, date))
		return false;

	return date_compare(calendar->days[calendar->ndays - 1].date, date) >= 0;
}

bool calendar_session_close(const struct calendar *calendar, enum rule_session session,
	struct wall at, struct wall *out)
{
	const struct calendar_day *day = calendar_day(calendar, ny_date(at));
	struct wall open, close;

	if (!day || session == SESSION_ANY)
		return false;

	open = session == SESSION_EXTENDED ? day->pre_open : day->open;
	close = session == SESSION_EXTENDED ? day->post_close : day->close;
	if (at.us < open.us || at.us >= close.us)
		return false;

	*out = close;
	return true;
}

bool calendar_in_session(const struct calendar *calendar, enum rule_session session, struct wall at)
{
	struct wall close;

	if (session == SESSION_ANY)
		return true;

	return calendar_session_close(calendar, session, at, &close);
}

bool calendar_next_day_begun(const struct calendar *calendar, enum asset_class asset_class,
	struct wall since, struct wall now)
{
	struct date from = ny_date(since);
	struct date today = ny_date(now);
	const struct calendar_day *day;
	size_t i;

	if (asset_class == ASSET_CRYPTO)
		return date_compare(today, from) > 0;

	for (i = 0; i < calendar->ndays; i++) {
		day = &calendar->days[i];
		if (date_compare(day->date, from) > 0 && date_compare(day->date, today) <= 0)
			return true;
	}
	return false;
}
