/* orders_told.h - why a yes orders nothing now, in words for its person: the cause, what becomes of a yes, and what
 * to do. Pure. */
#pragma once

/* reason: a code of trading_status (orders_reason), NULL = orders go: then NULL. The text is constant. */
const char *orders_told(const char *reason);
