/* json_add.c - see json_add.h. */
#include "common/sys/json_add.h"

#include <inttypes.h>
#include <stdio.h>

void json_add_nano(cJSON *object, const char *key, int64_t nano)
{
	char text[DECIMAL_TEXT];

	decimal_format(nano, text);
	json_add_text(object, key, text);
}

void json_add_integer(cJSON *object, const char *key, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	json_add_number(object, key, text);
}

void json_add_wall(cJSON *object, const char *key, struct wall at)
{
	char text[WALL_TEXT];

	wall_format(at, text);
	json_add_text(object, key, text);
}

void json_add_date(cJSON *object, const char *key, struct date date)
{
	char text[DATE_TEXT];

	date_format(date, text);
	json_add_text(object, key, text);
}

void json_add_uuid(cJSON *object, const char *key, struct uuid id)
{
	char text[UUID_TEXT];

	uuid_write(id, text);
	json_add_text(object, key, text);
}
