/* config_check_input.c - meaning of data_inputs[], and the forgiving readings. */
#include <inttypes.h>
#include <string.h>

#include "common/sys/decimal.h"
#include "common/trading/config_meaning.h"

int meaning_word(const cJSON *object, const char *key, const char *const words[], int absent)
{
	if (!json_member(object, key))
		return absent;

	return word_find(words, json_text(object, key));
}

bool meaning_number(const cJSON *object, const char *key, int64_t *nano_out)
{
	return field_number(json_member(object, key), nano_out) == 0;
}

unsigned meaning_metrics(const cJSON *input)
{
	const cJSON *list = json_member(input, "metrics");
	const cJSON *item;
	unsigned metrics = 0;
	int metric;

	if (!list)
		return 1u << METRIC_LAST_TRADE | 1u << METRIC_DAILY_BAR | 1u << METRIC_PREV_CLOSE;
	if (!cJSON_IsArray(list))
		return ~0u;

	cJSON_ArrayForEach(item, list)
	{
		metric = word_find(market_metric_words, cJSON_GetStringValue(item));
		if (metric >= 0)
			metrics |= 1u << metric;
	}
	return metrics;
}

bool meaning_input_has(const cJSON *input, const char *symbol)
{
	const cJSON *list = json_member(input, "symbols");
	const cJSON *item;

	if (!cJSON_IsArray(list))
		return false;

	cJSON_ArrayForEach(item, list)
	{
		if (cJSON_IsString(item) && strcmp(item->valuestring, symbol) == 0)
			return true;
	}
	return false;
}

/* A pair with another quote currency is a price in something else than USD, which all limits count in. */
static void check_symbol(struct checked *at, const char *text, int asset_class)
{
	const char *slash = strchr(text, '/');

	if (asset_class == ASSET_CRYPTO && !slash)
		checked_add(at, CONFIG_SYMBOL_NOT_OF_ASSET_CLASS, NULL,
			"%s is no pair: crypto is written as BTC/USD", text);
	else if (asset_class == ASSET_US_EQUITY && slash)
		checked_add(at, CONFIG_SYMBOL_NOT_OF_ASSET_CLASS, NULL,
			"%s is a pair, and this input watches us_equity", text);
	else if (slash && strcmp(slash, "/USD") != 0)
		checked_add(at, CONFIG_BAD_VALUE, NULL,
			"%s is not available yet: only pairs against USD are", text);
}

static void check_symbols(struct checked *at, const cJSON *input, int asset_class)
{
	const cJSON *list = json_member(input, "symbols");
	size_t mark = checked_enter(at, "symbols");
	const cJSON *item;
	size_t index = 0;
	size_t item_mark;

	if (cJSON_IsArray(list)) {
		cJSON_ArrayForEach(item, list)
		{
			item_mark = checked_enter_item(at, index++);
			if (cJSON_IsString(item))
				check_symbol(at, item->valuestring, asset_class);
			checked_leave(at, item_mark);
		}
	}
	checked_leave(at, mark);
}

static void check_feed(struct checked *at, const cJSON *input, int asset_class)
{
	int feed = meaning_word(input, "feed", feed_words, FEED_UNNAMED);

	if (feed < 0 || feed == FEED_UNNAMED)
		return;
	if (asset_class == ASSET_CRYPTO && feed != FEED_US)
		checked_add(at, CONFIG_FEED_NOT_FOR_ASSET_CLASS, "feed", "crypto's feed is us");
	if (asset_class == ASSET_US_EQUITY && feed == FEED_US)
		checked_add(at, CONFIG_FEED_NOT_FOR_ASSET_CLASS, "feed",
			"us is crypto's feed; us_equity has iex, sip and delayed_sip");
}

static void check_staleness(struct checked *at, const cJSON *input, const cJSON *merged)
{
	int64_t poll = 60 * DECIMAL_ONE;
	int64_t own;
	const char *whose = "max_staleness_seconds";

	if (json_member(input, "poll_interval_seconds") &&
		!meaning_number(input, "poll_interval_seconds", &poll))
		return;
	if (meaning_number(input, whose, &own)) {
		if (own < poll)
			checked_add(at, CONFIG_STALENESS_BELOW_POLL, whose,
				"every row would be stale before the next poll (%" PRId64 " s)",
				poll / DECIMAL_ONE);
		return;
	}
	if (!json_member(input, whose) && meaning_number(merged, whose, &own) && own < poll)
		checked_add(at, CONFIG_STALENESS_BELOW_POLL, "poll_interval_seconds",
			"the document's max_staleness_seconds is shorter than this poll (%" PRId64
			" s)",
			poll / DECIMAL_ONE);
}

void meaning_check_inputs(struct checked *at, const cJSON *merged)
{
	const cJSON *list = json_member(merged, "data_inputs");
	size_t mark = checked_enter(at, "data_inputs");
	const cJSON *input;
	size_t index = 0;
	size_t item_mark;
	int asset_class;

	if (cJSON_IsArray(list)) {
		cJSON_ArrayForEach(input, list)
		{
			item_mark = checked_enter_item(at, index++);
			asset_class = meaning_word(
				input, "asset_class", asset_class_words, ASSET_US_EQUITY);
			check_symbols(at, input, asset_class);
			check_feed(at, input, asset_class);
			check_staleness(at, input, merged);
			checked_leave(at, item_mark);
		}
	}
	checked_leave(at, mark);
}
