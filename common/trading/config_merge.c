/* config_merge.c - template <- user. */
#include <string.h>

#include "common/trading/config_merge.h"

static cJSON *merge(const cJSON *below, const cJSON *above);

/* A copy without its null members. */
static cJSON *copy(const cJSON *item)
{
	if (cJSON_IsObject(item))
		return merge(NULL, item);

	return cJSON_Duplicate(item, true);
}

static cJSON *merge_objects(const cJSON *below, const cJSON *above)
{
	cJSON *merged = cJSON_CreateObject();
	const cJSON *item;

	cJSON_ArrayForEach(item, below)
	{
		if (!json_member(above, item->string) && !cJSON_IsNull(item))
			cJSON_AddItemToObject(merged, item->string, copy(item));
		else if (!cJSON_IsNull(json_member(above, item->string)) && !cJSON_IsNull(item))
			cJSON_AddItemToObject(merged, item->string,
				merge(item, json_member(above, item->string)));
	}
	cJSON_ArrayForEach(item, above)
	{
		const cJSON *under = json_member(below, item->string);

		if (cJSON_IsNull(item) || (under && !cJSON_IsNull(under)))
			continue;
		cJSON_AddItemToObject(merged, item->string, copy(item));
	}
	return merged;
}

static bool items_have_ids(const cJSON *list)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (!json_text(item, "id"))
			return false;
	}
	return true;
}

static const cJSON *item_of_id(const cJSON *list, const char *id)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (strcmp(json_text(item, "id"), id) == 0)
			return item;
	}
	return NULL;
}

static cJSON *merge_lists(const cJSON *below, const cJSON *above)
{
	cJSON *merged = cJSON_CreateArray();
	const cJSON *item, *over;

	cJSON_ArrayForEach(item, below)
	{
		over = item_of_id(above, json_text(item, "id"));
		cJSON_AddItemToArray(merged, over ? merge(item, over) : copy(item));
	}
	cJSON_ArrayForEach(item, above)
	{
		if (!item_of_id(below, json_text(item, "id")))
			cJSON_AddItemToArray(merged, copy(item));
	}
	return merged;
}

static cJSON *copy_list(const cJSON *list)
{
	cJSON *copied = cJSON_CreateArray();
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		cJSON_AddItemToArray(copied, copy(item));
	}
	return copied;
}

/* below may be NULL. Depth is bounded by json_parse. */
static cJSON *merge(const cJSON *below, const cJSON *above)
{
	if (cJSON_IsObject(above))
		return merge_objects(cJSON_IsObject(below) ? below : NULL, above);
	if (!cJSON_IsArray(above))
		return cJSON_Duplicate(above, true);
	if (cJSON_IsArray(below) && below->child && items_have_ids(below) && items_have_ids(above))
		return merge_lists(below, above);

	return copy_list(above);
}

cJSON *config_merge(const cJSON *template_config, const cJSON *override)
{
	const cJSON *switched = json_member(template_config, "enabled");
	cJSON *merged = merge(template_config, override);

	cJSON_DeleteItemFromObjectCaseSensitive(merged, "guardrails");
	/* Off in the template is off, whatever the document says or deletes. */
	if (cJSON_IsFalse(switched)) {
		cJSON_DeleteItemFromObjectCaseSensitive(merged, "enabled");
		cJSON_AddFalseToObject(merged, "enabled");
	} else if (cJSON_IsNull(json_member(override, "enabled")) && cJSON_IsTrue(switched)) {
		cJSON_AddTrueToObject(merged, "enabled");
	}
	return merged;
}
