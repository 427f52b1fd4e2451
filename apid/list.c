/* list.c - see list.h. */
#include "apid/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apid/apid.h"
#include "apid/cursor.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"

/* One page that is asked for. */
struct page {
	struct request *request;
	const struct row_field *fields;
	int limit;
	bool has_cursor;
	char at[WALL_TEXT], id[UUID_TEXT]; /* the cursor, as parameters */
	char ask[16];			   /* one row more than limit: is there a next page? */
};

/* false: the request has been refused. */
static bool read_page(struct request *request, struct page *out)
{
	const char *limit = request_query(request, "limit");
	const char *cursor = request_query(request, "cursor");
	struct page page = {.limit = LIST_LIMIT};
	struct cursor from;

	if (limit) {
		page.limit = strlen(limit) <= 3 && strspn(limit, "0123456789") == strlen(limit)
				     ? (int)strtol(limit, NULL, 10)
				     : 0;
		if (page.limit < 1 || page.limit > LIST_LIMIT_MAX) {
			request_refuse(request, 400, "limit must be a whole number from 1 to %d.",
				LIST_LIMIT_MAX);
			return false;
		}
	}
	if (cursor && *cursor) {
		if (cursor_read(cursor, &from) < 0) {
			request_refuse(request, 400,
				"cursor is none of ours. Take it from next_cursor, or leave it out "
				"to begin anew.");
			return false;
		}
		page.has_cursor = true;
		wall_format(from.at, page.at);
		uuid_write(from.id, page.id);
	}
	snprintf(page.ask, sizeof(page.ask), "%d", page.limit + 1);
	*out = page;
	return true;
}

/* Is the status one of these words, or absent? false: the request has been refused. */
static bool check_status(struct request *request, const char *const words[])
{
	const char *value = request_query(request, "status");

	for (; value && *words; words++)
		if (strcmp(*words, value) == 0)
			return true;
	if (value)
		request_refuse(request, 400, "status has no such value; /openapi.json lists them.");
	return !value;
}

/* The cursor after this row; NULL where there is no next page. */
static const char *cursor_after(const PGresult *rows, int row, char out[static CURSOR_TEXT])
{
	const char *at = row_text(rows, row, "created_at");
	struct cursor cursor;

	if (!at || wall_parse(at, &cursor.at) < 0 || !row_uuid(rows, row, "id", &cursor.id))
		return NULL;
	cursor_write(cursor, out);
	return out;
}

static void answer_page(struct request *request, const struct page *page, const PGresult *rows)
{
	cJSON *body = cJSON_CreateObject();
	cJSON *items = cJSON_AddArrayToObject(body, "items");
	bool more = row_count(rows) > page->limit;
	char next[CURSOR_TEXT];

	for (int row = 0; row < row_count(rows) && row < page->limit; row++)
		cJSON_AddItemToArray(items, row_object(rows, row, page->fields));
	json_add_text(body, "next_cursor", more ? cursor_after(rows, page->limit - 1, next) : NULL);
	request_answer_json(request, 200, body);
}

static void listed(void *owner, const struct pg_answer *answer)
{
	AUTO(alloc_free) struct page *page = owner;

	if (answer->outcome == PG_DONE)
		answer_page(page->request, page, answer->results[0]);
	else
		db_refuse(page->request, answer);
}

void list_serve(struct request *request, enum db_stmt stmt, const char *const statuses[],
	const struct row_field fields[])
{
	struct page *page;
	struct page read;

	if (!check_status(request, statuses) || !read_page(request, &read))
		return;
	page = alloc_zero(sizeof(*page));
	*page = read;
	page->request = request;
	page->fields = fields;
	db_ask(request->apid->db, request->who.uid,
		&DB_CALL(stmt, request_query(request, "status"), page->has_cursor ? page->at : NULL,
			page->has_cursor ? page->id : NULL, page->ask),
		1, listed, page);
}
