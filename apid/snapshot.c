/* snapshot.c - see snapshot.h. */
#include "apid/snapshot.h"

#include <string.h>

#include "apid/apid.h"
#include "apid/db.h"
#include "apid/db_row.h"
#include "apid/request.h"
#include "common/sys/json.h"

enum {
	SYMBOL_MAX = 24,
};

/* clang-format off */
static const struct row_field fields[] = {
	{"symbol",      ROW_TEXT},
	{"asset_class", ROW_TEXT},
	{"feed",        ROW_TEXT},
	{"metric",      ROW_TEXT},
	{"price",       ROW_DECIMAL},
	{"volume",      ROW_DECIMAL},
	{"as_of",       ROW_TIME},
	{"created_at",  ROW_TIME},
	{NULL, ROW_TEXT},
};

/* clang-format on */

static void listed(void *owner, const struct pg_answer *answer)
{
	struct request *request = owner;
	cJSON *body;

	if (answer->outcome != PG_DONE) {
		db_refuse(request, answer);
		return;
	}
	body = cJSON_CreateObject();
	cJSON_AddItemToObject(body, "items", row_array(answer->results[0], fields));
	json_add_text(body, "next_cursor", NULL);
	request_answer_json(request, 200, body);
}

void snapshot_list(struct request *request)
{
	const char *symbol = request_query(request, "symbol");

	if (!symbol || !*symbol || strlen(symbol) > SYMBOL_MAX) {
		request_refuse(request, 400, "Name a symbol: ?symbol=SPY or ?symbol=BTC/USD.");
		return;
	}
	db_ask(request->apid->db, request->who.uid, &DB_CALL(DB_SNAPSHOTS, symbol), 1, listed,
		request);
}
