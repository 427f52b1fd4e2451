/* db_row.c - see db_row.h. */
#include "apid/db_row.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/decimal.h"
#include "common/sys/json_add.h"

int row_count(const PGresult *result)
{
	return PQntuples(result);
}

const char *row_text(const PGresult *result, int row, const char *name)
{
	int column = PQfnumber(result, name);

	return column < 0 || PQgetisnull(result, row, column) ? NULL
							      : PQgetvalue(result, row, column);
}

bool row_uuid(const PGresult *result, int row, const char *name, struct uuid *out)
{
	const char *text = row_text(result, row, name);

	return text && uuid_read(text, out) == 0;
}

/* What does not fit the fixed-point type (a volume) stays as Postgres wrote it. */
static void add_decimal(cJSON *object, const char *name, const char *text)
{
	int64_t nano;

	if (decimal_parse(text, &nano) == 0)
		json_add_nano(object, name, nano);
	else
		json_add_text(object, name, text);
}

/* NUMERIC holds more than a JSON number that we print: digits beyond what anybody reads are cut off, and NaN, the
 * infinities and what is longer before its point are told as null. */
static void add_number(cJSON *object, const char *name, const char *text)
{
	size_t digits = strspn(text, "-0123456789");
	char cut[JSON_MAX_NUMBER + 1];

	if (text[digits] == '.')
		digits += 1 + strspn(text + digits + 1, "0123456789");
	if (text[digits] || strcspn(text, ".") > JSON_MAX_NUMBER - 2) {
		json_add_text(object, name, NULL);
		return;
	}
	snprintf(cut, sizeof(cut), "%s", text);
	json_add_number(object, name, cut);
}

static void add_time(cJSON *object, const char *name, const char *text)
{
	struct wall at;

	if (wall_parse(text, &at) == 0)
		json_add_wall(object, name, at);
	else
		json_add_text(object, name, text);
}

static void add_json(cJSON *object, const char *name, const char *text)
{
	struct json_fault fault;
	cJSON *document = NULL;

	if (json_parse(text, strlen(text), &document, &fault) < 0)
		document = cJSON_CreateNull(); /* deeper than we show */
	cJSON_AddItemToObject(object, name, document);
}

static void add_field(cJSON *object, const struct row_field *field, const char *text)
{
	if (!text) {
		json_add_text(object, field->name, NULL);
		return;
	}
	switch (field->kind) {
	case ROW_TEXT:
		json_add_text(object, field->name, text);
		break;
	case ROW_NUMBER:
		add_number(object, field->name, text);
		break;
	case ROW_DECIMAL:
		add_decimal(object, field->name, text);
		break;
	case ROW_TIME:
		add_time(object, field->name, text);
		break;
	case ROW_BOOL:
		cJSON_AddBoolToObject(object, field->name, *text == 't');
		break;
	case ROW_JSON:
		add_json(object, field->name, text);
		break;
	}
}

cJSON *row_object(const PGresult *result, int row, const struct row_field fields[])
{
	cJSON *object = cJSON_CreateObject();

	row_add(object, result, row, fields);
	return object;
}

void row_add(cJSON *object, const PGresult *result, int row, const struct row_field fields[])
{
	for (; fields->name; fields++)
		add_field(object, fields, row_text(result, row, fields->name));
}

cJSON *row_array(const PGresult *result, const struct row_field fields[])
{
	cJSON *array = cJSON_CreateArray();

	for (int row = 0; row < PQntuples(result); row++)
		cJSON_AddItemToArray(array, row_object(result, row, fields));
	return array;
}
