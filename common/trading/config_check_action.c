/* config_check_action.c - meaning of on_answer_match: a size, and an order that the broker can take. */
#include <string.h>

#include "common/sys/decimal.h"
#include "common/trading/config_meaning.h"
#include "common/trading/offer.h"

enum {
	LEAST_EQUITY_USD = 1,
	LEAST_CRYPTO_USD = 10,
};

/* An action's well-formed parts. */
struct action {
	struct checked *at;
	const cJSON *json;
	const struct guardrails *guardrails;
	int asset_class; /* -1 = not known */
	int side;	 /* -1 = none or malformed */
	bool limit;
	int time_in_force; /* -1 = malformed; TIF_UNSAID = absent */
	bool has_notional, has_qty;
	int64_t notional, qty;
};

enum {
	TIF_UNSAID = 100,
};

static void check_size(const struct action *action)
{
	const char *sizes[] = {"notional_usd", "qty", "pct_of_position"};
	size_t count = 0;
	size_t i;

	for (i = 0; i < LENGTH(sizes); i++)
		if (json_member(action->json, sizes[i]))
			count++;
	if (count == 0)
		checked_add(action->at, CONFIG_SIZING_MISSING, NULL,
			"an order has a size: notional_usd, qty or pct_of_position");
	if (count > 1)
		checked_add(action->at, CONFIG_SIZING_CONFLICT, NULL,
			"an order has exactly one of notional_usd, qty and pct_of_position");
	if (json_member(action->json, "pct_of_position") && action->side == SIDE_BUY)
		checked_add(action->at, CONFIG_BAD_VALUE, "pct_of_position",
			"pct_of_position is for selling; a buy has notional_usd or qty");
}

static void check_notional(const struct action *action)
{
	bool crypto = action->asset_class == ASSET_CRYPTO;
	int least = crypto ? LEAST_CRYPTO_USD : LEAST_EQUITY_USD;

	if (!action->has_notional)
		return;
	if (action->notional >= 0 && action->notional < least * DECIMAL_ONE)
		checked_add(action->at, CONFIG_NOTIONAL_BELOW_MIN, "notional_usd",
			"the broker takes at least %d.00 USD", least);
	if (action->notional % (DECIMAL_ONE / 100) != 0)
		checked_add(action->at, CONFIG_NOTIONAL_NOT_CENTS, "notional_usd",
			"notional_usd is in whole cents");
	if (!crypto && (action->limit || action->time_in_force == TIF_GTC ||
			       action->time_in_force == TIF_IOC))
		checked_add(action->at, CONFIG_NOTIONAL_REQUIRES_MARKET_DAY, "notional_usd",
			"an order by notional_usd is a market order for the day");
}

/* What one order would cost, where the document alone says it: by notional, or by quantity at its own limit price. */
static bool read_cost(const struct action *action, const char **field_out, int64_t *cost_out)
{
	int64_t price;

	if (action->has_notional) {
		*field_out = "notional_usd";
		*cost_out = action->notional;
		return true;
	}
	if (!action->has_qty || !action->limit ||
		!meaning_number(action->json, "limit_price", &price))
		return false;

	*field_out = "qty";
	if (decimal_mul(action->qty, price, ROUND_UP, cost_out) < 0)
		*cost_out = INT64_MAX;
	return true;
}

static void check_caps(const struct action *action)
{
	const struct guardrails *guardrails = action->guardrails;
	char text[DECIMAL_TEXT];
	const char *field;
	int64_t cost;

	if (!guardrails || !read_cost(action, &field, &cost))
		return;
	if (guardrails->has_hard_cap && cost > guardrails->hard_cap.nano) {
		decimal_format(guardrails->hard_cap.nano, text);
		checked_add(action->at, CONFIG_HARD_CAP_EXCEEDED, field,
			"the operator allows at most %s USD an order", text);
	}
	/* Guardrails do not bind what reduces the user's own position. */
	if (action->side != SIDE_SELL && cost > guardrails->max_notional_per_order.nano) {
		decimal_format(guardrails->max_notional_per_order.nano, text);
		checked_add(action->at, CONFIG_ORDER_EXCEEDS_GUARDRAIL, field,
			"the guardrails in force allow at most %s USD an order", text);
	}
}

static void check_limit(const struct action *action)
{
	bool has_price = json_member(action->json, "limit_price");
	bool has_offset = json_member(action->json, "limit_offset_pct");
	int64_t price;

	if (action->limit && !has_price && !has_offset)
		checked_add(action->at, CONFIG_ORDER_PARAM_MISSING, "limit_price",
			"a limit order has limit_price or limit_offset_pct");
	if (!action->limit && has_price)
		checked_add(action->at, CONFIG_BAD_VALUE, "limit_price",
			"limit_price belongs to order_type limit");
	if (!action->limit && has_offset)
		checked_add(action->at, CONFIG_BAD_VALUE, "limit_offset_pct",
			"limit_offset_pct belongs to order_type limit");
	if (has_price && has_offset)
		checked_add(action->at, CONFIG_BAD_VALUE, "limit_offset_pct",
			"either limit_price or limit_offset_pct, not both");
	if (!meaning_number(action->json, "limit_price", &price))
		return;
	if (!offer_price_fits((struct price){price}))
		checked_add(action->at, CONFIG_SUBPENNY_PRICE, "limit_price",
			"a price has two decimals, below 1.00 four");
}

/* Words that the broker knows and no rule may use; the structure check has named those that nobody knows. */
static void check_broker_words(const struct action *action)
{
	static const char *const types[] = {"stop", "stop_limit", "trailing_stop", NULL};
	static const char *const times[] = {"opg", "cls", "fok", NULL};

	if (word_find(types, json_text(action->json, "order_type")) >= 0)
		checked_add(action->at, CONFIG_ORDER_TYPE_NOT_SUPPORTED, "order_type",
			"a rule orders at the market or with a limit");
	if (word_find(times, json_text(action->json, "time_in_force")) >= 0)
		checked_add(action->at, CONFIG_TIF_NOT_SUPPORTED, "time_in_force",
			"us_equity has day or gtc, crypto gtc or ioc");
}

static void check_terms(const struct action *action)
{
	bool fractional = action->has_qty && action->qty % DECIMAL_ONE != 0;
	int tif = action->time_in_force;

	check_broker_words(action);
	if (action->asset_class == ASSET_CRYPTO) {
		if (action->limit)
			checked_add(action->at, CONFIG_ORDER_TYPE_NOT_SUPPORTED, "order_type",
				"crypto has market orders");
		if (tif == TIF_DAY)
			checked_add(action->at, CONFIG_TIF_NOT_SUPPORTED, "time_in_force",
				"crypto has gtc or ioc");
		if (action->side == SIDE_SELL)
			checked_add(action->at, CONFIG_BAD_VALUE, "side",
				"selling crypto is not available yet");
	}
	if (action->asset_class == ASSET_US_EQUITY) {
		if (tif == TIF_IOC)
			checked_add(action->at, CONFIG_TIF_NOT_SUPPORTED, "time_in_force",
				"us_equity has day or gtc");
		if (fractional && tif == TIF_GTC)
			checked_add(action->at, CONFIG_FRACTIONAL_REQUIRES_DAY, "time_in_force",
				"a fractional quantity is for the day");
	}
	if (cJSON_IsTrue(json_member(action->json, "extended_hours")) && !action->limit)
		checked_add(action->at, CONFIG_EXTENDED_HOURS_REQUIRES_LIMIT, "extended_hours",
			"outside regular hours the broker takes limit orders only");
}

void meaning_check_action(
	struct checked *at, const cJSON *json, int asset_class, const struct guardrails *guardrails)
{
	struct action action = {.at = at,
		.json = json,
		.guardrails = guardrails,
		.asset_class = asset_class,
		.side = meaning_word(json, "side", order_side_words, -1),
		.limit = meaning_word(json, "order_type", order_type_words, 0) == ORDER_TYPE_LIMIT,
		.time_in_force =
			meaning_word(json, "time_in_force", time_in_force_words, TIF_UNSAID)};

	if (meaning_word(json, "action", rule_action_words, -1) != ACTION_PROPOSE_ORDER)
		return;

	action.has_notional = meaning_number(json, "notional_usd", &action.notional);
	action.has_qty = meaning_number(json, "qty", &action.qty);
	if (!json_member(json, "side"))
		checked_add(at, CONFIG_MISSING_FIELD, "side", "side is required");
	check_size(&action);
	check_notional(&action);
	check_caps(&action);
	check_limit(&action);
	check_terms(&action);
}
