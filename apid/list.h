/* list.h - lists as the API tells them: ?limit=1..200&cursor=, answered {"items": [], "next_cursor": null}. */
#pragma once

#include "apid/db.h"
#include "apid/db_row.h"
#include "apid/request.h"

enum {
	LIST_LIMIT = 50,
	LIST_LIMIT_MAX = 200,
};

/* A list of the caller's rows, newest first by (created_at, id). stmt takes status, the cursor's time and id (each may be
 * NULL) and how many rows; statuses (NULL-terminated) are what ?status= may say. */
void list_serve(struct request *request, enum db_stmt stmt, const char *const statuses[],
	const struct row_field fields[]);
