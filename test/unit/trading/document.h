/* document.h - documents made from seed.json by one change at a JSON pointer, and the verdict on them. */
#pragma once

#include "common/trading/config_check.h"
#include "test/unit/trading/data.h"

/* Parent of the pointer's last token, which goes to *last; all pointers here are free of escapes. */
static inline cJSON *document_parent(cJSON *document, const char *pointer, char last[static 64])
{
	AUTO(alloc_free) char *path = alloc_text(pointer);
	char *rest = path + 1;
	char *token = strsep(&rest, "/");
	cJSON *place = document;

	for (; rest; token = strsep(&rest, "/")) {
		if (cJSON_IsArray(place))
			place = cJSON_GetArrayItem(place, (int)strtol(token, NULL, 10));
		else
			place = cJSON_GetObjectItemCaseSensitive(place, token);
	}
	snprintf(last, 64, "%s", token);
	return place;
}

/* put NULL removes; else a copy of it is set. */
static inline void document_change(cJSON *document, const char *pointer, const cJSON *put)
{
	char last[64];
	cJSON *parent = document_parent(document, pointer, last);

	want_true(pointer, parent);
	if (cJSON_IsArray(parent)) {
		cJSON_ReplaceItemInArray(
			parent, (int)strtol(last, NULL, 10), cJSON_Duplicate(put, true));
		return;
	}
	cJSON_DeleteItemFromObjectCaseSensitive(parent, last);
	if (put)
		cJSON_AddItemToObject(parent, last, cJSON_Duplicate(put, true));
}

/* Is code among the problems, at this path (NULL = anywhere)? */
static inline bool document_names(
	const struct config_problem *problems, size_t count, const char *code, const char *path)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(config_code_name(problems[i].code), code) == 0 &&
			(!path || strcmp(problems[i].path, path) == 0))
			return true;

	return false;
}

static inline void document_print(const struct config_report *report)
{
	size_t i;

	for (i = 0; i < report->nerrors; i++)
		print_error("  %s %s: %s\n", config_code_name(report->errors[i].code),
			report->errors[i].path, report->errors[i].message);
	for (i = 0; i < report->nwarnings; i++)
		print_error("  %s %s: %s\n", config_code_name(report->warnings[i].code),
			report->warnings[i].path, report->warnings[i].message);
}
