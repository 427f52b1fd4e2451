/* config_value.c - values by their field's row. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/decimal.h"
#include "common/trading/config_value.h"

bool value_is_id(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return *text >= 'a' && *text <= 'z' && !text[length] && length < CONFIG_ID_TEXT;
}

bool value_is_symbol(const char *text)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./-");

	return length && !text[length] && length < SYMBOL_TEXT && !strchr("./-", text[0]) &&
	       !strchr("./-", text[length - 1]);
}

/* "a, b or c" into out. */
static void list_words(const char *const words[], char *out, size_t size)
{
	size_t length = 0;
	int written, i;

	out[0] = '\0';
	for (i = 0; words[i] && length < size; i++) {
		written = snprintf(out + length, size - length, "%s%s",
			i == 0 ? "" : (words[i + 1] ? ", " : " or "), words[i]);
		if (written < 0)
			return;
		length += (size_t)written;
	}
}

static void check_word(struct checked *at, const cJSON *item, const struct field *field)
{
	const char *text = cJSON_GetStringValue(item);
	char words[300];

	if (!text) {
		checked_add(at, CONFIG_BAD_TYPE, NULL, "%s is a string", field->name);
		return;
	}
	if (word_find(field->words, text) >= 0)
		return;

	if (field->later && word_find(field->later, text) >= 0) {
		checked_add(at, CONFIG_BAD_VALUE, NULL, "%s %s is not available yet", field->name,
			text);
		return;
	}
	list_words(field->words, words, sizeof(words));
	checked_add(at, CONFIG_BAD_VALUE, NULL, "%s is %s", field->name, words);
}

static bool outside(const struct field *field, int64_t nano)
{
	int64_t min = field->min * DECIMAL_ONE;
	int64_t max = field->max * DECIMAL_ONE;

	if (nano < min || nano > max)
		return true;
	if ((field->flags & FIELD_OPEN_MIN) && nano == min)
		return true;

	return (field->flags & FIELD_OPEN_MAX) && nano == max;
}

static void add_range(struct checked *at, const struct field *field)
{
	checked_add(at, CONFIG_OUT_OF_RANGE, NULL, "%s is %s %" PRId64 " and %s %" PRId64,
		field->name, field->flags & FIELD_OPEN_MIN ? "above" : "at least", field->min,
		field->flags & FIELD_OPEN_MAX ? "below" : "at most", field->max);
}

static void check_number(struct checked *at, const cJSON *item, const struct field *field)
{
	int64_t nano;

	switch (field_number(item, &nano)) {
	case -EINVAL:
		checked_add(at, CONFIG_BAD_TYPE, NULL, "%s is a number", field->name);
		return;
	case -EDOM:
		checked_add(at, CONFIG_NUMBER_PRECISION, NULL,
			"%s is a decimal of at most nine fraction digits, without an exponent",
			field->name);
		return;
	case -ERANGE:
		add_range(at, field);
		return;
	default:
		break;
	}

	if (field->kind == FIELD_INT && nano % DECIMAL_ONE != 0)
		checked_add(at, CONFIG_BAD_VALUE, NULL, "%s is a whole number", field->name);
	else if (outside(field, nano))
		add_range(at, field);
	else if ((field->flags & FIELD_ONLY) && nano != field->only * DECIMAL_ONE)
		checked_add(at, CONFIG_BAD_VALUE, NULL,
			"%s other than %" PRId64 " is not available yet", field->name, field->only);
}

static void check_text(struct checked *at, const cJSON *item, const struct field *field)
{
	const char *text = cJSON_GetStringValue(item);

	if (!text)
		checked_add(at, CONFIG_BAD_TYPE, NULL, "%s is a string", field->name);
	else if (field->kind == FIELD_ID && !value_is_id(text))
		checked_add(at, CONFIG_BAD_FORMAT, NULL,
			"%s is a lower-case letter and up to 39 lower-case letters, digits or _",
			field->name);
	else if (field->kind == FIELD_SYMBOL && !value_is_symbol(text))
		checked_add(
			at, CONFIG_BAD_FORMAT, NULL, "a symbol is upper case, as SPY or BTC/USD");
}

enum {
	UNIQUE_MOST = 500, /* a blocklist may be long, and twice in it does no harm */
};

/* The same string earlier in the list? */
static bool stands_before(const cJSON *list, const cJSON *item)
{
	const cJSON *other;

	for (other = list->child; other != item; other = other->next)
		if (cJSON_IsString(other) && strcmp(other->valuestring, item->valuestring) == 0)
			return true;

	return false;
}

static void check_list(struct checked *at, const cJSON *list, const struct field *field)
{
	size_t count = (size_t)cJSON_GetArraySize(list);
	const cJSON *item;
	size_t index = 0;
	size_t mark;

	if (!cJSON_IsArray(list)) {
		checked_add(at, CONFIG_BAD_TYPE, NULL, "%s is a list", field->name);
		return;
	}
	if (count > (size_t)field->max) {
		checked_add(at,
			field->kind == FIELD_SYMBOLS ? CONFIG_SYMBOL_CAP_EXCEEDED
						     : CONFIG_OUT_OF_RANGE,
			NULL, "%s holds at most %" PRId64 " items", field->name, field->max);
		return;
	}
	if (count < (size_t)field->min)
		checked_add(at, CONFIG_OUT_OF_RANGE, NULL, "%s is empty", field->name);

	cJSON_ArrayForEach(item, list)
	{
		mark = checked_enter_item(at, index++);
		if (field->kind == FIELD_WORDS)
			check_word(at, item, field);
		else
			check_text(at, item,
				&(struct field){.name = "a symbol", .kind = FIELD_SYMBOL});
		if (count <= UNIQUE_MOST && cJSON_IsString(item) && stands_before(list, item))
			checked_add(
				at, CONFIG_BAD_VALUE, NULL, "%s stands twice", item->valuestring);
		checked_leave(at, mark);
	}
}

void value_check(struct checked *at, const cJSON *item, const struct field *field)
{
	switch (field->kind) {
	case FIELD_BOOL:
		if (!cJSON_IsBool(item))
			checked_add(at, CONFIG_BAD_TYPE, NULL, "%s is true or false", field->name);
		return;
	case FIELD_INT:
	case FIELD_DECIMAL:
		check_number(at, item, field);
		return;
	case FIELD_TEXT:
	case FIELD_ID:
	case FIELD_SYMBOL:
		check_text(at, item, field);
		return;
	case FIELD_WORD:
		check_word(at, item, field);
		return;
	case FIELD_WORDS:
	case FIELD_SYMBOLS:
		check_list(at, item, field);
		return;
	case FIELD_OBJECT:
	case FIELD_OBJECTS:
	case FIELD_ANY:
		return;
	}
}
