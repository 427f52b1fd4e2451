/* session.h - which part of the trading day an instant lies in, by the broker's calendar. Pure. */
#pragma once

#include "common/trading/calendar.h"

/* pre, regular, post or none; each part begins at its first instant and ends before its last. NULL: the calendar does
 * not know that day. */
const char *session_at(const struct calendar *calendar, struct wall at);
