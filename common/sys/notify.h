/* notify.h - tells the service supervisor (systemd's sd_notify protocol) how we are; silent without NOTIFY_SOCKET. */
#pragma once

#include "common/sys/attr.h"
#include "common/sys/clock.h"

/* Sends lines like "READY=1"; never blocks, and a supervisor that does not listen is no fault. */
void notify_send(const char *format, ...) PRINTF_LIKE(1, 2);

/* How often WATCHDOG=1 is due: half of WATCHDOG_USEC; 0 when no watchdog watches this process. */
struct span notify_watchdog(void);
