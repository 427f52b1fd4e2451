/* json_add.h - members that are written as exact text: decimals, times, days and ids as strings, integers as numbers. */
#pragma once

#include "common/sys/clock.h"
#include "common/sys/date.h"
#include "common/sys/decimal.h"
#include "common/sys/json.h"
#include "common/sys/uuid.h"

void json_add_nano(cJSON *object, const char *key, int64_t nano);
void json_add_integer(cJSON *object, const char *key, int64_t value);
void json_add_wall(cJSON *object, const char *key, struct wall at);
void json_add_date(cJSON *object, const char *key, struct date date);
void json_add_uuid(cJSON *object, const char *key, struct uuid id);
