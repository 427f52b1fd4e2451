/* activity.c - see activity.h. */
#include "tradectl/activity.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/clock.h"
#include "common/sys/decimal.h"
#include "common/sys/json_add.h"

static int add_amount(cJSON *fill, const cJSON *entry, const char *key)
{
	const char *text = json_decimal(entry, key);
	int64_t nano;

	if (!text || decimal_parse_wire(text, &nano) < 0 || nano <= 0)
		return -1;
	json_add_nano(fill, key, nano);
	return 0;
}

static void add_entry(cJSON *fills, const cJSON *entry, char last_out[ACTIVITY_ID])
{
	const char *id = json_text(entry, "id"), *order = json_text(entry, "order_id");
	const char *time = json_text(entry, "transaction_time");
	const char *execution = id ? strstr(id, "::") : NULL;
	AUTO(json_free) cJSON *fill = cJSON_CreateObject();
	struct wall at;

	if (id && strlen(id) < ACTIVITY_ID)
		snprintf(last_out, ACTIVITY_ID, "%s", id);
	if (!execution || execution[2] == '\0' || !order || !time || wall_parse(time, &at) < 0 ||
		add_amount(fill, entry, "qty") < 0 || add_amount(fill, entry, "price") < 0)
		return;
	json_add_text(fill, "execution_id", execution + 2);
	json_add_text(fill, "alpaca_order_id", order);
	json_add_wall(fill, "at", at);
	cJSON_AddItemToArray(fills, TAKE(fill));
}

int activities_read(const char *body, size_t length, char **json_out, size_t *count_out,
	char last_out[ACTIVITY_ID], struct err *err)
{
	AUTO(json_free) cJSON *document = NULL;
	AUTO(json_free) cJSON *fills = cJSON_CreateArray();
	const cJSON *entry;

	int r = json_parse_list(body, length, "activities", &document, err);
	if (r < 0)
		return r;

	last_out[0] = '\0';
	*count_out = (size_t)cJSON_GetArraySize(document);
	cJSON_ArrayForEach(entry, document)
	{
		add_entry(fills, entry, last_out);
	}
	*json_out = json_print(fills);
	return 0;
}
