/* config_read.c - a merged document to structs: defaults filled in, precedences settled. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/trading/config_field.h"
#include "common/trading/config_meaning.h"
#include "common/trading/config_value.h"
#include "common/trading/rule.h"

enum {
	POLL_SECONDS = 60,
	STALE_POLLS = 3,
	STALE_LEAST = 90,
};

/* A document on its way into a config. */
struct reading {
	const cJSON *merged;
	int64_t worker_interval_seconds;
	struct config *config;
	struct err *err;
};

static int64_t whole(const cJSON *object, const char *key, int64_t absent)
{
	int64_t nano;

	return meaning_number(object, key, &nano) ? nano / DECIMAL_ONE : absent;
}

static void copy_text(char *out, size_t size, const char *text)
{
	size_t length = strlen(text);

	must(length < size);
	memcpy(out, text, length + 1);
}

static int read_symbol(const struct reading *reading, const char *text, struct symbol *out)
{
	if (!text || !value_is_symbol(text))
		return err_set(
			reading->err, -EINVAL, "%s is no symbol", text ? text : "a non-string");

	copy_text(out->text, sizeof(out->text), text);
	return 0;
}

static int read_id(
	const struct reading *reading, const cJSON *json, char out[static CONFIG_ID_TEXT])
{
	const char *id = json_text(json, "id");

	if (!id || !value_is_id(id))
		return err_set(reading->err, -EINVAL, "an item without an id");

	copy_text(out, CONFIG_ID_TEXT, id);
	return 0;
}

static int read_word(const struct reading *reading, const cJSON *json, const char *key,
	const char *const words[], int absent, int *out)
{
	int value = meaning_word(json, key, words, absent);

	if (value < 0)
		return err_set(reading->err, -EINVAL, "%s is not one of its words", key);

	*out = value;
	return 0;
}

static int read_input_words(const struct reading *reading, const cJSON *json, struct input *input)
{
	int asset_class, feed;
	int r;

	r = read_word(
		reading, json, "asset_class", asset_class_words, ASSET_US_EQUITY, &asset_class);
	if (r < 0)
		return r;
	r = read_word(reading, json, "feed", feed_words,
		asset_class == ASSET_CRYPTO ? FEED_US : FEED_UNNAMED, &feed);
	if (r < 0)
		return r;

	input->asset_class = (enum asset_class)asset_class;
	input->feed = (enum feed)feed;
	return 0;
}

static int64_t stale_default(int64_t interval)
{
	int64_t stale = STALE_POLLS * interval;

	return stale > STALE_LEAST ? stale : STALE_LEAST;
}

static int read_input(const struct reading *reading, const cJSON *json, struct input *input)
{
	const cJSON *list = json_member(json, "symbols");
	const char *stale = "max_staleness_seconds";
	int64_t interval = whole(json, "poll_interval_seconds", POLL_SECONDS);
	const cJSON *item;
	int r;

	r = read_id(reading, json, input->id);
	if (r < 0)
		return r;
	r = read_input_words(reading, json, input);
	if (r < 0)
		return r;

	if (interval < reading->worker_interval_seconds)
		interval = reading->worker_interval_seconds;
	input->poll_interval_seconds = interval;
	input->max_staleness_seconds =
		whole(json, stale, whole(reading->merged, stale, stale_default(interval)));
	input->metrics = meaning_metrics(json);
	if (!cJSON_IsArray(list))
		return err_set(reading->err, -EINVAL, "input %s has no symbols", input->id);

	input->symbols = alloc_array((size_t)cJSON_GetArraySize(list) + 1, sizeof(struct symbol));
	cJSON_ArrayForEach(item, list)
	{
		r = read_symbol(
			reading, cJSON_GetStringValue(item), &input->symbols[input->nsymbols++]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Rule, else defaults, else the table's own. */
static int read_tunable(const struct reading *reading, const cJSON *rule, const struct field *field,
	struct tunables *out)
{
	const cJSON *defaults = json_member(reading->merged, "defaults");
	const cJSON *item = json_member(rule, field->name);
	void *place = (char *)out + field->offset;
	const char *text;
	int64_t nano = 0;
	int word;

	if (!item)
		item = json_member(defaults, field->name);
	if (field->kind == FIELD_WORD) {
		text = item ? cJSON_GetStringValue(item) : field->fallback;
		word = word_find(field->words, text);
		if (word < 0)
			return err_set(
				reading->err, -EINVAL, "%s is not one of its words", field->name);
		memcpy(place, &word, sizeof(word));
		return 0;
	}
	if (item ? field_number(item, &nano) < 0 : decimal_parse(field->fallback, &nano) < 0)
		return err_set(reading->err, -EINVAL, "%s is no number", field->name);
	if (field->kind == FIELD_INT)
		nano /= DECIMAL_ONE;
	memcpy(place, &nano, sizeof(nano));
	return 0;
}

static int read_tunables(const struct reading *reading, const cJSON *json, struct rule *rule)
{
	const cJSON *defaults = json_member(reading->merged, "defaults");
	const struct field *field;
	int r;

	for (field = tunable_fields; field->name; field++) {
		if (!field->fallback)
			continue;
		r = read_tunable(reading, json, field, &rule->tunables);
		if (r < 0)
			return r;
	}
	if (rule->asset_class == ASSET_CRYPTO && !json_member(json, "session") &&
		!json_member(defaults, "session"))
		rule->tunables.session = SESSION_ANY;
	return 0;
}

static bool input_has(const struct input *input, const char *symbol)
{
	size_t i;

	for (i = 0; i < input->nsymbols; i++)
		if (strcmp(input->symbols[i].text, symbol) == 0)
			return true;

	return false;
}

static int read_target(
	const struct reading *reading, const cJSON *json, const char *symbol, struct rule *rule)
{
	unsigned wanted = rule_price_metric(rule->price_metric) | rule_ref_metric(rule->ref_metric);
	struct rule_target *target = &rule->targets[rule->ntargets];
	const struct config *config = reading->config;
	const struct input *input;
	int r;

	r = read_symbol(reading, symbol, &target->symbol);
	if (r < 0)
		return r;

	for (input = config->inputs; input < config->inputs + config->ninputs; input++)
		if ((input->metrics & wanted) == wanted && input_has(input, symbol))
			break;
	if (input == config->inputs + config->ninputs)
		return err_set(
			reading->err, -EINVAL, "rule %s: no input serves %s", rule->id, symbol);

	target->input = input;
	target->max_staleness_seconds =
		whole(json, "max_staleness_seconds", input->max_staleness_seconds);
	rule->asset_class = input->asset_class;
	rule->ntargets++;
	return 0;
}

static int read_targets(const struct reading *reading, const cJSON *json, struct rule *rule)
{
	const cJSON *list = json_member(json, "symbols");
	const cJSON *item;
	int r;

	if (!cJSON_IsArray(list)) {
		rule->targets = alloc_array(1, sizeof(*rule->targets));
		return read_target(reading, json, json_text(json, "symbol"), rule);
	}

	rule->targets = alloc_array((size_t)cJSON_GetArraySize(list) + 1, sizeof(*rule->targets));
	cJSON_ArrayForEach(item, list)
	{
		r = read_target(reading, json, cJSON_GetStringValue(item), rule);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_action(const struct reading *reading, const cJSON *json, struct rule *rule)
{
	bool crypto = rule->asset_class == ASSET_CRYPTO;
	struct rule_order *order = &rule->order;
	int action, side, type, time_in_force;
	int r;

	r = read_word(reading, json, "action", rule_action_words, -1, &action);
	if (r < 0)
		return r;
	rule->action = (enum rule_action)action;
	if (rule->action == ACTION_NOTIFY_ONLY)
		return 0;

	r = read_word(reading, json, "side", order_side_words, -1, &side);
	if (r < 0)
		return r;
	r = read_word(reading, json, "order_type", order_type_words, ORDER_TYPE_MARKET, &type);
	if (r < 0)
		return r;
	r = read_word(reading, json, "time_in_force", time_in_force_words,
		crypto ? TIF_GTC : TIF_DAY, &time_in_force);
	if (r < 0)
		return r;

	order->side = (enum order_side)side;
	order->type = (enum order_type)type;
	order->time_in_force = (enum time_in_force)time_in_force;
	order->extended_hours = cJSON_IsTrue(json_member(json, "extended_hours"));
	if (!meaning_number(json, "notional_usd", &order->notional.nano) &&
		!meaning_number(json, "qty", &order->qty.nano) &&
		!meaning_number(json, "pct_of_position", &order->pct_of_position.nano))
		return err_set(reading->err, -EINVAL, "rule %s: its order has no size", rule->id);
	if (order->type == ORDER_TYPE_LIMIT &&
		!meaning_number(json, "limit_price", &order->limit_price.nano) &&
		!meaning_number(json, "limit_offset_pct", &order->limit_offset.nano))
		return err_set(reading->err, -EINVAL, "rule %s: a limit without a price", rule->id);

	return 0;
}

static int read_condition(const struct reading *reading, const cJSON *json, struct rule *rule)
{
	int type, price, ref;
	int r;

	r = read_word(reading, json, "type", rule_type_words, -1, &type);
	if (r < 0)
		return r;
	r = read_word(reading, json, "price_metric", price_metric_words, PRICE_LAST_TRADE, &price);
	if (r < 0)
		return r;
	r = read_word(reading, json, "ref_metric", ref_metric_words, -1, &ref);
	if (r < 0)
		return r;
	if (!meaning_number(json, "threshold_pct", &rule->threshold.nano))
		return err_set(reading->err, -EINVAL, "rule %s has no threshold_pct", rule->id);

	rule->type = (enum rule_type)type;
	rule->price_metric = (enum price_metric)price;
	rule->ref_metric = (enum ref_metric)ref;
	return 0;
}

static int read_rule(const struct reading *reading, const cJSON *json, struct rule *rule)
{
	const char *text = json_text(json, "question_template");
	int r;

	r = read_id(reading, json, rule->id);
	if (r < 0)
		return r;
	if (!text)
		return err_set(reading->err, -EINVAL, "rule %s has no question_template", rule->id);

	rule->enabled = !cJSON_IsFalse(json_member(json, "enabled"));
	rule->question_template = alloc_text(text);
	r = read_condition(reading, json, rule);
	if (r < 0)
		return r;
	r = read_targets(reading, json, rule);
	if (r < 0)
		return r;
	r = read_tunables(reading, json, rule);
	if (r < 0)
		return r;

	return read_action(reading, json_member(json, "on_answer_match"), rule);
}

static int read_lists(const struct reading *reading)
{
	const cJSON *inputs = json_member(reading->merged, "data_inputs");
	const cJSON *rules = json_member(reading->merged, "rules");
	struct config *config = reading->config;
	const cJSON *item;
	int r;

	/* Rules point into inputs: the array never moves. */
	config->inputs = alloc_array((size_t)cJSON_GetArraySize(inputs) + 1, sizeof(struct input));
	config->rules = alloc_array((size_t)cJSON_GetArraySize(rules) + 1, sizeof(struct rule));
	cJSON_ArrayForEach(item, inputs)
	{
		r = read_input(reading, item, &config->inputs[config->ninputs++]);
		if (r < 0)
			return r;
	}
	cJSON_ArrayForEach(item, rules)
	{
		r = read_rule(reading, item, &config->rules[config->nrules++]);
		if (r < 0)
			return r;
	}
	return 0;
}

int config_read(
	const cJSON *merged, int64_t worker_interval_seconds, struct config **out, struct err *err)
{
	AUTO(config_free) struct config *config = alloc_zero(sizeof(*config));
	struct reading reading = {merged, worker_interval_seconds, config, err};
	int mode;
	int r;

	r = read_word(&reading, merged, "mode", trading_mode_words, MODE_PAPER, &mode);
	if (r < 0)
		return r;

	config->mode = (enum trading_mode)mode;
	config->enabled = !cJSON_IsFalse(json_member(merged, "enabled"));
	r = read_lists(&reading);
	if (r < 0)
		return r;

	*out = TAKE(config);
	return 0;
}
