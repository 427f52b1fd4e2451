/* config_structure.c - walking a document along the table of fields. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/trading/config_structure.h"
#include "common/trading/config_value.h"

size_t checked_enter(struct checked *at, const char *token)
{
	size_t mark = strlen(at->pointer);

	json_pointer_push(at->pointer, sizeof(at->pointer), token);
	return mark;
}

size_t checked_enter_item(struct checked *at, size_t index)
{
	char token[24];

	snprintf(token, sizeof(token), "%zu", index);
	return checked_enter(at, token);
}

void checked_leave(struct checked *at, size_t mark)
{
	at->pointer[mark] = '\0';
}

void checked_add(
	struct checked *at, enum config_code code, const char *token, const char *format, ...)
{
	size_t mark = strlen(at->pointer);
	char message[400];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (token)
		checked_enter(at, token);
	config_report_add(at->report, code, at->pointer, "%s", message);
	checked_leave(at, mark);
}

static void check_object(
	struct checked *at, const cJSON *object, const struct field_set *set, bool nulls);

static void check_unique_ids(struct checked *at, const cJSON *list)
{
	const cJSON *item, *other;
	const char *id;
	size_t index = 0;
	size_t mark;

	cJSON_ArrayForEach(item, list)
	{
		id = json_text(item, "id");
		for (other = list->child; id && other != item; other = other->next) {
			if (!json_text(other, "id") || strcmp(json_text(other, "id"), id) != 0)
				continue;
			mark = checked_enter_item(at, index);
			checked_add(at, CONFIG_DUPLICATE_ID, "id", "the id %s stands twice", id);
			checked_leave(at, mark);
			break;
		}
		index++;
	}
}

static void check_objects(struct checked *at, const cJSON *list, const struct field *field)
{
	const cJSON *item;
	size_t index = 0;
	size_t mark;

	if (!cJSON_IsArray(list)) {
		checked_add(at, CONFIG_BAD_TYPE, NULL, "%s is a list", field->name);
		return;
	}
	if (cJSON_GetArraySize(list) > field->max) {
		checked_add(at, CONFIG_OUT_OF_RANGE, NULL, "%s holds at most %d items", field->name,
			(int)field->max);
		return;
	}

	cJSON_ArrayForEach(item, list)
	{
		mark = checked_enter_item(at, index++);
		if (cJSON_IsObject(item))
			check_object(at, item, field->members, true);
		else
			checked_add(at, CONFIG_BAD_TYPE, NULL, "an item of %s is an object",
				field->name);
		checked_leave(at, mark);
	}
	check_unique_ids(at, list);
}

static void check_field(
	struct checked *at, const cJSON *item, const struct field *field, bool nulls)
{
	bool empty = cJSON_IsArray(item) && !item->child;

	if (field->flags & FIELD_LATER) {
		if (!empty)
			checked_add(
				at, CONFIG_BAD_VALUE, NULL, "%s is not available yet", field->name);
		return;
	}

	switch (field->kind) {
	case FIELD_OBJECT:
		if (cJSON_IsObject(item))
			check_object(at, item, field->members, nulls);
		else
			checked_add(at, CONFIG_BAD_TYPE, NULL, "%s is an object", field->name);
		return;
	case FIELD_OBJECTS:
		check_objects(at, item, field);
		return;
	case FIELD_BOOL:
	case FIELD_INT:
	case FIELD_DECIMAL:
	case FIELD_TEXT:
	case FIELD_ID:
	case FIELD_WORD:
	case FIELD_WORDS:
	case FIELD_SYMBOL:
	case FIELD_SYMBOLS:
	case FIELD_ANY:
		break;
	}
	value_check(at, item, field);
}

static void add_unknown(struct checked *at, const struct field_set *set, const char *name)
{
	const char *nearest = field_nearest(set, name);

	if (nearest)
		checked_add(at, CONFIG_UNKNOWN_FIELD, NULL,
			"no field of this name is known; did you mean %s?", nearest);
	else
		checked_add(at, CONFIG_UNKNOWN_FIELD, NULL, "no field of this name is known");
}

/* nulls: may null delete here? */
static void check_object(
	struct checked *at, const cJSON *object, const struct field_set *set, bool nulls)
{
	const struct field *field;
	const cJSON *item;
	bool strict;
	size_t mark;

	cJSON_ArrayForEach(item, object)
	{
		if (strncmp(item->string, "x_", 2) == 0)
			continue;

		field = field_find(set, item->string);
		strict = !nulls || strcmp(item->string, "guardrails") == 0;
		mark = checked_enter(at, item->string);
		if (!field)
			add_unknown(at, set, item->string);
		else if (cJSON_IsNull(item) && strict)
			checked_add(at, CONFIG_BAD_VALUE, NULL,
				"null cannot take a guardrail away; leave it out for the default");
		else if (!cJSON_IsNull(item))
			check_field(at, item, field, !strict);
		checked_leave(at, mark);
	}
}

void structure_check(struct checked *at, const cJSON *document)
{
	if (cJSON_IsObject(document))
		check_object(at, document, &document_fields, true);
	else
		checked_add(at, CONFIG_BAD_TYPE, NULL, "the document is an object");
}

static void check_missing(struct checked *at, const cJSON *object, const struct field_set *set)
{
	const char *type = json_text(object, "type");
	const struct field *field;

	for (field = set->own; field->name; field++) {
		if (!(field->flags & FIELD_REQUIRED) || json_member(object, field->name))
			continue;
		if ((field->flags & FIELD_OF_TYPE) && word_find(rule_type_words, type) < 0)
			continue;
		checked_add(at, CONFIG_MISSING_FIELD, field->name, "%s is required", field->name);
	}
}

static void check_items(struct checked *at, const cJSON *merged, const char *name)
{
	const struct field *field = field_find(&document_fields, name);
	const cJSON *list = json_member(merged, name);
	const cJSON *item;
	size_t mark = checked_enter(at, name);
	size_t item_mark;
	size_t index = 0;

	if (cJSON_IsArray(list) && cJSON_GetArraySize(list) > field->max)
		checked_add(at, CONFIG_OUT_OF_RANGE, NULL,
			"with the template %s holds more than %d items", name, (int)field->max);
	else if (cJSON_IsArray(list)) {
		cJSON_ArrayForEach(item, list)
		{
			item_mark = checked_enter_item(at, index++);
			if (cJSON_IsObject(item))
				check_missing(at, item, field->members);
			if (cJSON_IsObject(json_member(item, "on_answer_match"))) {
				checked_enter(at, "on_answer_match");
				check_missing(
					at, json_member(item, "on_answer_match"), &action_fields);
			}
			checked_leave(at, item_mark);
		}
	}
	checked_leave(at, mark);
}

bool structure_is_short(const cJSON *document)
{
	static const char *const lists[] = {"data_inputs", "rules"};

	for (size_t i = 0; i < LENGTH(lists); i++)
		if (cJSON_GetArraySize(json_member(document, lists[i])) >
			field_find(&document_fields, lists[i])->max)
			return false;
	return true;
}

void structure_check_whole(struct checked *at, const cJSON *merged)
{
	check_missing(at, merged, &document_fields);
	check_items(at, merged, "data_inputs");
	check_items(at, merged, "rules");
}
