/* unasked.c - see unasked.h. */
#include "tradectl/unasked.h"

#include <stdbool.h>

#include "common/sys/json.h"

void unasked_begin(cJSON **unasked)
{
	json_free(unasked);
	*unasked = cJSON_CreateArray();
}

void unasked_add(cJSON *unasked, const char *what, const char *why)
{
	cJSON *item = cJSON_CreateObject();

	json_add_text(item, "what", what);
	json_add_text(item, "why", why);
	cJSON_AddItemToArray(unasked, item);
}

void unasked_add_all(cJSON *unasked, const cJSON *more)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, more) cJSON_AddItemToArray(unasked, cJSON_Duplicate(item, true));
}

size_t unasked_count(const cJSON *unasked)
{
	return (size_t)cJSON_GetArraySize(unasked);
}
