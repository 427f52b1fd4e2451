/* page.c - see page.h. */
#include "tradectl/page.h"

#include <errno.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"

#define PREFIX "h1-"

struct page {
	struct echo **ours;
	size_t count, readable, unreadable;
	struct wall last;
};

void page_free(struct page **page)
{
	if (!*page)
		return;

	for (size_t i = 0; i < (*page)->readable; i++)
		echo_free(&(*page)->ours[i]);
	alloc_free(&(*page)->ours);
	alloc_free(page);
}

/* The earlier of its two times: which of them the list is sorted by is not documented. */
static struct wall time_of(const cJSON *item)
{
	static const char *const keys[] = {"created_at", "submitted_at"};
	struct wall earliest = {0};

	for (size_t i = 0; i < LENGTH(keys); i++) {
		struct wall at;
		const char *text = json_text(item, keys[i]);
		if (!text || wall_parse(text, &at) < 0)
			continue;
		if (earliest.us == 0 || at.us < earliest.us)
			earliest = at;
	}
	return earliest;
}

static void take(struct page *page, const cJSON *item)
{
	const char *client_order_id = json_text(item, "client_order_id");
	struct err err;

	page->count++;
	page->last = time_of(item);
	if (!client_order_id || strncmp(client_order_id, PREFIX, strlen(PREFIX)) != 0)
		return;

	AUTO(alloc_free) char *text = json_print(item);
	if (echo_read(text, strlen(text), &page->ours[page->readable], &err) == 0)
		page->readable++;
	else
		page->unreadable++;
}

int page_read(const char *body, size_t length, struct page **page_out, struct err *err)
{
	AUTO(json_free) cJSON *document = NULL;
	AUTO(page_free) struct page *page = alloc_zero(sizeof(*page));
	const cJSON *item;

	int r = json_parse_list(body, length, "orders", &document, err);
	if (r < 0)
		return r;

	page->ours = alloc_array((size_t)cJSON_GetArraySize(document) + 1, sizeof(struct echo *));
	cJSON_ArrayForEach(item, document)
	{
		if (!cJSON_IsObject(item))
			return err_set(err, -EINVAL, "a list with something else than orders");
		take(page, item);
	}
	*page_out = TAKE(page);
	return 0;
}

size_t page_count(const struct page *page)
{
	return page->count;
}

size_t page_ours(const struct page *page)
{
	return page->readable;
}

size_t page_unreadable(const struct page *page)
{
	return page->unreadable;
}

struct wall page_last(const struct page *page)
{
	return page->last;
}

const struct echo *page_at(const struct page *page, size_t nth)
{
	return page->ours[nth];
}

const struct echo *page_find(const struct page *page, const char *client_order_id)
{
	for (size_t i = 0; i < page->readable; i++)
		if (strcmp(echo_client_order_id(page->ours[i]), client_order_id) == 0)
			return page->ours[i];

	return NULL;
}

char *page_json(const struct page *page)
{
	char *text = alloc_text("[");

	for (size_t i = 0; i < page->readable; i++) {
		AUTO(alloc_free) char *before = text;
		AUTO(alloc_free) char *order = echo_json(page->ours[i]);
		text = alloc_print("%s%s%s", before, i == 0 ? "" : ",", order);
	}

	AUTO(alloc_free) char *open = text;
	return alloc_print("%s]", open);
}
