/* demand.c - see demand.h. */
#include "ingestd/demand.h"

#include "common/sys/alloc.h"
#include "common/sys/json.h"

struct watch *demand_union(const struct people *people, enum feed unnamed)
{
	struct watch *watch = watch_new();

	for (size_t i = 0; i < people_count(people); i++)
		if (people_at(people, i)->config != NULL)
			watch_add(watch, people_at(people, i)->config, unnamed);
	return watch;
}

static void add_inputs(cJSON *list, const struct person *person, enum asset_class asset_class,
	enum feed feed, enum feed unnamed)
{
	if (person->config == NULL)
		return;
	for (size_t i = 0; i < person->config->ninputs; i++) {
		const struct input *input = &person->config->inputs[i];
		enum feed served = input->feed == FEED_UNNAMED ? unnamed : input->feed;

		if (input->asset_class != asset_class || served != feed)
			continue;

		cJSON *item = cJSON_CreateObject();
		json_add_text(item, "firebase_uid", person->uid);
		json_add_text(item, "input_id", input->id);
		cJSON_AddItemToArray(list, item);
	}
}

char *demand_inputs(const struct people *people, enum feed unnamed, enum asset_class asset_class,
	enum feed feed)
{
	AUTO(json_free) cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < people_count(people); i++)
		add_inputs(list, people_at(people, i), asset_class, feed, unnamed);
	return cJSON_GetArraySize(list) > 0 ? json_print(list) : NULL;
}
