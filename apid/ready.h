/* ready.h - could apid do its work now? */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct apid;

/* false and what is missing, e.g. "database, token certificates"; true, perhaps with a remark: trading is switched off. */
bool ready_now(const struct apid *apid, char *said, size_t size);
