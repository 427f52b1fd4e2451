/* list.h - lists as the API tells them: ?limit=1..200&cursor=, answered {"items": [], "next_cursor": null}. */
#pragma once

#include <stdbool.h>

#include "apid/db_row.h"
#include "apid/request.h"
#include "common/sys/clock.h"

enum {
	LIST_LIMIT = 50,
	LIST_LIMIT_MAX = 200,
	LIST_NUMBER_TEXT = 24,
};

struct list_page {
	int limit;
	bool has_cursor;
	char at[WALL_TEXT]; /* parameters for a statement: one row more than limit is asked for */
	char id[40];
	char ask[LIST_NUMBER_TEXT];
};

/* Reads limit and cursor; false: the request has been refused. */
bool list_read(struct request *request, struct list_page *out);
/* Is the query's member one of these words (or absent)? false: the request has been refused. */
bool list_check_word(struct request *request, const char *name, const char *const words[]);
/* Rows in the order (created_at, id), newest first; answers the request. */
void list_answer(struct request *request, const struct list_page *page, const PGresult *rows,
	const struct row_field fields[]);
