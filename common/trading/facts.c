/* facts.c - the facts of a question and the rows that it stands on. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json_add.h"
#include "common/trading/facts.h"

/* A plain order, at the market for its class's usual time, has no more to say. */
static void add_terms(cJSON *facts, const struct offer *offer, enum asset_class asset_class)
{
	enum time_in_force usual = asset_class == ASSET_CRYPTO ? TIF_GTC : TIF_DAY;

	if (offer->type == ORDER_TYPE_LIMIT) {
		json_add_text(facts, "order_type", order_type_words[offer->type]);
		json_add_nano(facts, "limit_price", offer->limit_price.nano);
	}
	if (offer->time_in_force != usual)
		json_add_text(facts, "time_in_force", time_in_force_words[offer->time_in_force]);
	if (offer->extended_hours)
		cJSON_AddTrueToObject(facts, "extended_hours");
}

static void add_order(cJSON *facts, const struct offer *offer, enum asset_class asset_class)
{
	json_add_text(facts, "side", order_side_words[offer->side]);
	if (offer->notional.nano)
		json_add_nano(facts, "notional_usd", offer->notional.nano);
	else
		json_add_nano(facts, "qty", offer->qty.nano);
	json_add_nano(facts, "estimated_cost_usd", offer->cost.nano);
	add_terms(facts, offer, asset_class);
}

cJSON *facts_new(const struct facts_values *values)
{
	int64_t age = wall_since(values->now, values->as_of).us / 1000000;
	cJSON *facts = cJSON_CreateObject();

	json_add_text(facts, "symbol", values->symbol);
	if (values->offer)
		add_order(facts, values->offer, values->rule->asset_class);
	json_add_nano(facts, "price", values->price.nano);
	json_add_integer(facts, "price_age_seconds", age > 0 ? age : 0);
	json_add_text(facts, "mode", trading_mode_words[values->mode]);
	json_add_wall(facts, "expires_at", values->expires_at);
	return facts;
}

void facts_digest(const cJSON *facts, char out[static DIGEST_TEXT])
{
	AUTO(alloc_free) char *text = json_print_canonical(facts);

	digest_sha256(text, strlen(text), out);
}

cJSON *facts_evidence(const struct evaluation *evaluation)
{
	cJSON *list = cJSON_CreateArray();
	const struct observation *row;
	cJSON *item;
	char text[24];
	size_t i;

	for (i = 0; i < evaluation->nused; i++) {
		row = evaluation->used[i];
		item = cJSON_CreateObject();
		snprintf(text, sizeof(text), "%" PRId64, row->snapshot_id);
		json_add_text(item, "id", text);
		json_add_text(item, "symbol", row->symbol.text);
		json_add_text(item, "metric", market_metric_words[row->metric]);
		json_add_nano(item, "price", row->price.nano);
		json_add_wall(item, "as_of", row->as_of);
		cJSON_AddItemToArray(list, item);
	}
	return list;
}

cJSON *facts_metadata(const struct facts_values *values, const struct evaluation *evaluation)
{
	cJSON *metadata = cJSON_CreateObject();
	cJSON *facts = facts_new(values);
	char digest[DIGEST_TEXT];

	facts_digest(facts, digest);
	cJSON_AddItemToObject(metadata, "facts", facts);
	json_add_text(metadata, "facts_digest", digest);
	cJSON_AddItemToObject(metadata, "evidence", facts_evidence(evaluation));
	return metadata;
}
