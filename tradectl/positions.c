/* positions.c - see positions.h. */
#include "tradectl/positions.h"

#include <errno.h>

#include "common/sys/decimal.h"
#include "common/sys/json_add.h"

static int take(cJSON *kept, const cJSON *item, struct err *err)
{
	const char *symbol = json_text(item, "symbol");
	const char *qty = json_decimal(item, "qty");
	int64_t nano;

	if (!symbol || *symbol == '\0')
		return err_set(err, -EINVAL, "a position without a symbol");
	if (!qty || decimal_parse_wire(qty, &nano) < 0)
		return err_set(err, -EINVAL, "a position of %.32s without a usable qty", symbol);

	cJSON *position = cJSON_CreateObject();
	json_add_text(position, "symbol", symbol);
	json_add_nano(position, "qty", nano);
	cJSON_AddItemToArray(kept, position);
	return 0;
}

int positions_read(const char *body, size_t length, char **json_out, struct err *err)
{
	AUTO(json_free) cJSON *document = NULL;
	AUTO(json_free) cJSON *kept = cJSON_CreateArray();
	const cJSON *item;

	int r = json_parse_list(body, length, "positions", &document, err);
	if (r < 0)
		return r;

	cJSON_ArrayForEach(item, document)
	{
		r = take(kept, item, err);
		if (r < 0)
			return r;
	}
	*json_out = json_print(kept);
	return 0;
}
