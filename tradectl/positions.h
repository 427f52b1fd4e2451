/* positions.h - what the broker says it holds. Pure. */
#pragma once

#include <stddef.h>

#include "common/sys/err.h"

/* GET /v2/positions as [{"symbol", "qty"}] for ledger_compare; the caller frees (alloc_free). 0; -EINVAL when the body is no
 * JSON array of objects with both: a missing or null list is never an empty account. */
int positions_read(const char *body, size_t length, char **json_out, struct err *err) MUST_CHECK;
