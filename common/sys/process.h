/* process.h - the process_* rows that every Prometheus client prints: memory, CPU, file descriptors, start. */
#pragma once

#include <event2/buffer.h>

#include "common/sys/clock.h"

void process_print(struct wall started, struct evbuffer *out);
