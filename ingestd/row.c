/* row.c - see row.h. */
#include "ingestd/row.h"

#include "common/sys/alloc.h"
#include "common/sys/json_add.h"

void market_rows_free(struct market_rows **rows)
{
	if (*rows == NULL)
		return;
	for (size_t i = 0; i < (*rows)->count; i++) {
		alloc_free(&(*rows)->items[i].volume);
		json_free(&(*rows)->items[i].raw);
	}
	alloc_free(&(*rows)->items);
	alloc_free(&(*rows)->drops);
	alloc_free(rows);
}

struct market_row *market_rows_add(struct market_rows *rows)
{
	rows->items = alloc_grow(rows->items, rows->count + 1, sizeof(*rows->items));
	rows->items[rows->count] = (struct market_row){0};
	return &rows->items[rows->count++];
}

struct market_drop *market_rows_add_drop(struct market_rows *rows)
{
	rows->drops = alloc_grow(rows->drops, rows->dropped + 1, sizeof(*rows->drops));
	rows->drops[rows->dropped] = (struct market_drop){0};
	return &rows->drops[rows->dropped++];
}

static void add_price(cJSON *object, const char *key, struct price price)
{
	if (price.nano != 0)
		json_add_nano(object, key, price.nano);
}

static cJSON *print_row(const struct market_row *row)
{
	cJSON *object = cJSON_CreateObject();

	json_add_text(object, "symbol", row->symbol.text);
	json_add_text(object, "asset_class", asset_class_words[row->asset_class]);
	json_add_text(object, "feed", feed_words[row->feed]);
	json_add_text(object, "metric", market_metric_words[row->metric]);
	json_add_wall(object, "as_of", row->as_of);
	if (row->session_date.year != 0)
		json_add_date(object, "session_date", row->session_date);
	if (row->session != NULL)
		json_add_text(object, "session", row->session);
	add_price(object, "price", row->price);
	add_price(object, "open", row->open);
	add_price(object, "high", row->high);
	add_price(object, "low", row->low);
	add_price(object, "bid", row->bid);
	add_price(object, "ask", row->ask);
	if (row->volume != NULL)
		json_add_text(object, "volume", row->volume);
	cJSON_AddBoolToObject(object, "suspect", false);
	if (row->raw != NULL)
		cJSON_AddItemToObject(object, "raw", cJSON_Duplicate(row->raw, true));
	return object;
}

char *market_rows_print(const struct market_rows *rows)
{
	AUTO(json_free) cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < rows->count; i++)
		cJSON_AddItemToArray(list, print_row(&rows->items[i]));
	return json_print(list);
}
