/* activity.h - the broker's list of executions (GET /v2/account/activities/FILL), as fills_shown takes it. Pure.
 * Source: docs/broker.md, "Executions": no client_order_id; an id is New York's time, `::`, and what we take as the
 * execution's. */
#pragma once

#include <stddef.h>

#include "common/sys/err.h"

enum {
	ACTIVITY_ID = 128,
};

/* 0: json_out is an array for fills_shown (alloc_free), count_out how many entries the page had, last_out the id of
 * its last, which names the next page. -EINVAL when it is no list. Entries that cannot be read are left out. */
int activities_read(const char *body, size_t length, char **json_out, size_t *count_out,
	char last_out[ACTIVITY_ID], struct err *err) MUST_CHECK;
