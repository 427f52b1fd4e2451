/* facts.c - the facts of a question and the rows that it stands on. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json_add.h"
#include "common/trading/facts.h"
#include "common/trading/render.h"

int facts_cost(const struct rule_order *order, struct price price, struct cash *out)
{
	int64_t exact, cents;
	int r;

	if (order->notional.nano) {
		*out = order->notional;
		return 0;
	}

	r = decimal_mul(order->qty.nano, price.nano, ROUND_UP, &exact);
	if (r < 0)
		return r;
	r = decimal_round(exact, 2, ROUND_UP, &cents);
	if (r < 0)
		return r;

	out->nano = cents;
	return 0;
}

static void add_order(cJSON *facts, const struct rule_order *order, struct price price)
{
	struct cash cost;

	json_add_text(facts, "side", order_side_words[order->side]);
	if (order->notional.nano)
		json_add_nano(facts, "notional_usd", order->notional.nano);
	else
		json_add_nano(facts, "qty", order->qty.nano);
	/* decision_make asks nothing whose cost does not fit. */
	if (facts_cost(order, price, &cost) == 0)
		json_add_nano(facts, "estimated_cost_usd", cost.nano);
}

cJSON *facts_new(const struct facts_values *values)
{
	int64_t age = wall_since(values->now, values->as_of).us / 1000000;
	cJSON *facts = cJSON_CreateObject();

	json_add_text(facts, "symbol", values->symbol);
	if (values->rule->action == ACTION_PROPOSE_ORDER)
		add_order(facts, &values->rule->order, values->price);
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
