/* config_check_rule.c - meaning of rules[]: symbols, what the inputs collect, sessions, question. */
#include <inttypes.h>
#include <string.h>

#include "common/sys/decimal.h"
#include "common/trading/config_meaning.h"
#include "common/trading/render.h"
#include "common/trading/rule.h"

/* One rule under check. */
struct subject {
	struct checked *at;
	const cJSON *merged;
	const cJSON *rule;
	const struct guardrails *guardrails;
	unsigned classes;    /* bits of enum asset_class of its symbols */
	unsigned price, ref; /* metrics that it reads, 0 where its words are not known */
	unsigned missed;     /* of those, already named as not collected */
};

/* Names what no input of the symbol collects; each metric once a rule. */
static void check_collected(struct subject *subject, const char *symbol, unsigned collected)
{
	unsigned missing = (subject->price | subject->ref) & ~collected & ~subject->missed;

	if (missing & subject->price)
		checked_add(subject->at, CONFIG_METRIC_NOT_COLLECTED, "price_metric",
			"no input of %s collects what price_metric reads", symbol);
	if (missing & subject->ref)
		checked_add(subject->at, CONFIG_METRIC_NOT_COLLECTED, "ref_metric",
			"no input of %s collects what ref_metric reads", symbol);
	subject->missed |= missing;
}

static void check_rule_staleness(struct subject *subject, const cJSON *input)
{
	int64_t poll = 60 * DECIMAL_ONE;
	int64_t own;

	meaning_number(input, "poll_interval_seconds", &poll);
	if (meaning_number(subject->rule, "max_staleness_seconds", &own) && own < poll)
		checked_add(subject->at, CONFIG_STALENESS_BELOW_POLL, "max_staleness_seconds",
			"every row would be stale before the next poll (%" PRId64 " s)",
			poll / DECIMAL_ONE);
}

/* The input that serves the symbol: the first that collects everything, else the first that has it. */
static const cJSON *serving_input(const struct subject *subject, const char *symbol)
{
	const cJSON *list = json_member(subject->merged, "data_inputs");
	unsigned wanted = subject->price | subject->ref;
	const cJSON *first = NULL;
	const cJSON *input;

	if (!cJSON_IsArray(list))
		return NULL;

	cJSON_ArrayForEach(input, list)
	{
		if (!meaning_input_has(input, symbol))
			continue;
		if (!first)
			first = input;
		if ((meaning_metrics(input) & wanted) == wanted)
			return input;
	}
	return first;
}

/* The pointer stands at the symbol; `up` is the mark of the rule's own pointer. */
static void check_symbol(struct subject *subject, const char *symbol, size_t up)
{
	const cJSON *input = serving_input(subject, symbol);
	int asset_class;

	if (!input) {
		checked_add(subject->at, CONFIG_SYMBOL_NOT_IN_INPUTS, NULL,
			"no data_inputs item watches %s", symbol);
		return;
	}

	asset_class = meaning_word(input, "asset_class", asset_class_words, ASSET_US_EQUITY);
	if (asset_class >= 0)
		subject->classes |= 1u << asset_class;
	if (subject->guardrails && guardrails_block(subject->guardrails, symbol))
		checked_add(subject->at, CONFIG_W_SYMBOL_BLOCKED, NULL,
			"%s is on symbols_blocklist: nothing will be asked", symbol);

	checked_leave(subject->at, up);
	check_collected(subject, symbol, meaning_metrics(input));
	check_rule_staleness(subject, input);
}

static void check_symbols(struct subject *subject)
{
	const cJSON *list = json_member(subject->rule, "symbols");
	const char *symbol = json_text(subject->rule, "symbol");
	size_t mark = strlen(subject->at->pointer);
	const cJSON *item;
	size_t index = 0;

	if (json_member(subject->rule, "symbol") && list)
		checked_add(subject->at, CONFIG_SYMBOL_CONFLICT, "symbols",
			"either symbol or symbols, not both");
	if (!json_member(subject->rule, "symbol") && !list)
		checked_add(subject->at, CONFIG_SYMBOL_MISSING, "symbol",
			"a rule names its symbol, or symbols");
	if (cJSON_IsArray(list) && !list->child)
		checked_add(subject->at, CONFIG_SYMBOL_MISSING, "symbols", "symbols is empty");

	if (symbol) {
		checked_enter(subject->at, "symbol");
		check_symbol(subject, symbol, mark);
		checked_leave(subject->at, mark);
	}
	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > RULE_SYMBOLS_MAX)
		return;
	cJSON_ArrayForEach(item, list)
	{
		checked_enter(subject->at, "symbols");
		checked_enter_item(subject->at, index++);
		if (cJSON_IsString(item))
			check_symbol(subject, item->valuestring, mark);
		checked_leave(subject->at, mark);
	}
	if (subject->classes == (1u << ASSET_US_EQUITY | 1u << ASSET_CRYPTO))
		checked_add(subject->at, CONFIG_SYMBOLS_MIXED_CLASSES, "symbols",
			"all symbols of one rule are of one asset class");
}

static void check_session(struct subject *subject)
{
	const cJSON *defaults = json_member(subject->merged, "defaults");
	bool own = json_member(subject->rule, "session");
	int session = meaning_word(
		own ? subject->rule : defaults, "session", rule_session_words, SESSION_ANY);

	if (!(subject->classes & 1u << ASSET_CRYPTO) || session == SESSION_ANY || session < 0)
		return;

	checked_add(subject->at, CONFIG_SESSION_NOT_FOR_CRYPTO, own ? "session" : NULL,
		"crypto has no sessions: a rule for it has session any");
}

static void check_placeholder(struct checked *at, const char *name, bool notify_only)
{
	switch (render_kind(name)) {
	case PLACEHOLDER_KNOWN:
		return;
	case PLACEHOLDER_OF_ORDER:
		if (notify_only)
			checked_add(at, CONFIG_UNKNOWN_PLACEHOLDER, "question_template",
				"{{%s}} means nothing with action notify_only", name);
		return;
	case PLACEHOLDER_LATER:
		checked_add(at, CONFIG_BAD_VALUE, "question_template",
			"{{%s}} is not available yet", name);
		return;
	case PLACEHOLDER_UNKNOWN:
		checked_add(at, CONFIG_UNKNOWN_PLACEHOLDER, "question_template",
			"{{%s}} is no placeholder", name);
		return;
	}
}

static void check_question(struct subject *subject)
{
	const cJSON *item = json_member(subject->rule, "question_template");
	const char *text = cJSON_GetStringValue(item);
	const char *action = json_text(json_member(subject->rule, "on_answer_match"), "action");
	bool notify_only = action && strcmp(action, rule_action_words[ACTION_NOTIFY_ONLY]) == 0;
	char name[40];

	if (!item || (text && !*text)) {
		checked_add(subject->at, CONFIG_QUESTION_TEMPLATE_MISSING, "question_template",
			"a rule has the text of its question");
		return;
	}
	while (text && render_next(&text, name, sizeof(name)))
		check_placeholder(subject->at, name, notify_only);
}

static int class_of(unsigned classes)
{
	if (classes == 1u << ASSET_US_EQUITY)
		return ASSET_US_EQUITY;

	return classes == 1u << ASSET_CRYPTO ? ASSET_CRYPTO : -1;
}

static void check_rule(struct subject *subject)
{
	const cJSON *action = json_member(subject->rule, "on_answer_match");
	int price =
		meaning_word(subject->rule, "price_metric", price_metric_words, PRICE_LAST_TRADE);
	int ref = meaning_word(subject->rule, "ref_metric", ref_metric_words, -1);
	size_t mark;

	if (price >= 0)
		subject->price = rule_price_metric((enum price_metric)price);
	if (ref >= 0)
		subject->ref = rule_ref_metric((enum ref_metric)ref);
	check_symbols(subject);
	check_session(subject);
	check_question(subject);
	if (!cJSON_IsObject(action))
		return;

	mark = checked_enter(subject->at, "on_answer_match");
	meaning_check_action(subject->at, action, class_of(subject->classes), subject->guardrails);
	checked_leave(subject->at, mark);
}

void meaning_check_rules(
	struct checked *at, const cJSON *merged, const struct guardrails *guardrails)
{
	const cJSON *list = json_member(merged, "rules");
	size_t mark = checked_enter(at, "rules");
	const cJSON *rule;
	size_t index = 0;
	size_t item_mark;

	if (cJSON_IsArray(list)) {
		cJSON_ArrayForEach(rule, list)
		{
			struct subject subject = {at, merged, rule, guardrails, 0, 0, 0, 0};

			item_mark = checked_enter_item(at, index++);
			if (cJSON_IsObject(rule))
				check_rule(&subject);
			checked_leave(at, item_mark);
		}
	}
	checked_leave(at, mark);
}
