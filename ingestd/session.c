/* session.c - see session.h. */
#include "ingestd/session.h"

const char *session_at(const struct calendar *calendar, struct wall at)
{
	struct date date = ny_date(at);
	const struct calendar_day *day = calendar_day(calendar, date);

	if (day == NULL)
		return calendar_covers(calendar, date) ? "none" : NULL;
	if (at.us < day->pre_open.us || at.us >= day->post_close.us)
		return "none";
	if (at.us < day->open.us)
		return "pre";
	return at.us < day->close.us ? "regular" : "post";
}
