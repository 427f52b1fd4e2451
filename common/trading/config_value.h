/* config_value.h - is one value of the type, range and spelling that its field asks for? */
#pragma once

#include "common/trading/config_structure.h"

void value_check(struct checked *at, const cJSON *item, const struct field *field);
/* The pattern of ids; the alphabet of symbols (whether it fits an asset class is meaning). */
bool value_is_id(const char *text);
bool value_is_symbol(const char *text);
