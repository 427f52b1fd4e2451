/* config_field.c - the fields of docs/configuration.md as tables. */
#include <errno.h>
#include <string.h>

#include "common/sys/decimal.h"
#include "common/trading/config.h"
#include "common/trading/config_field.h"

static const char *const source_words[] = {"alpaca", NULL};
static const char *const transport_words[] = {"poll", NULL};
static const char *const transport_later[] = {"stream", NULL};
static const char *const ref_later[] = {"position_avg_entry", NULL};
static const char *const trigger_words[] = {"level", NULL};
static const char *const trigger_later[] = {"cross", NULL};

const char *const rule_type_later_words[] = {"price_below", "price_above", "change_pct_over",
	"gap_pct", "drawdown_from_high_pct", "range_break", "price_vs_ma_pct", "ma_cross", "rsi",
	"volume_spike", "has_position", "position_pnl_pct", "all", "any", "not", NULL};

#define RANGE(least, most) .min = (least), .max = (most)
#define TUNABLE(member) .offset = offsetof(struct tunables, member)

/* clang-format off */
const struct field tunable_fields[] = {
	/* crypto's default is any: config_read */
	{"session", .kind = FIELD_WORD, .words = rule_session_words, .fallback = "regular", TUNABLE(session)},
	{"cooldown_seconds", .kind = FIELD_INT, RANGE(0, 604800), .fallback = "3600", TUNABLE(cooldown_seconds)},
	{"after_skip", .kind = FIELD_WORD, .words = after_skip_words, .fallback = "session", TUNABLE(after_skip)},
	{"max_fires_per_day", .kind = FIELD_INT, RANGE(1, 50), .fallback = "3", TUNABLE(max_fires_per_day)},
	{"question_ttl_seconds", .kind = FIELD_INT, RANGE(30, 28800), .fallback = "900", TUNABLE(question_ttl_seconds)},
	{"close_buffer_seconds", .kind = FIELD_INT, RANGE(0, 3600), .fallback = "300", TUNABLE(close_buffer_seconds)},
	{"approve_min", .kind = FIELD_DECIMAL, RANGE(0, 10), .flags = FIELD_OPEN_MIN, .fallback = "7", TUNABLE(approve_min)},
	{"skip_max", .kind = FIELD_DECIMAL, RANGE(-10, 0), .flags = FIELD_OPEN_MAX, .fallback = "-7", TUNABLE(skip_max)},
	{"on_ambiguous", .kind = FIELD_WORD, .words = on_ambiguous_words, .fallback = "follow_up", TUNABLE(on_ambiguous)},
	{"max_follow_ups", .kind = FIELD_INT, RANGE(0, 3), .fallback = "1", TUNABLE(max_follow_ups)},
	{"max_drift_pct", .kind = FIELD_DECIMAL, RANGE(0, 20), .flags = FIELD_OPEN_MIN, .fallback = "0.50", TUNABLE(max_drift)},
	{"drift_side", .kind = FIELD_WORD, .words = drift_side_words, .fallback = "both", TUNABLE(drift_side)},
	{"undo_seconds", .kind = FIELD_INT, RANGE(0, 60), .fallback = "0", TUNABLE(undo_seconds)},
	{"on_drift", .kind = FIELD_WORD, .words = on_drift_words, .fallback = "reask", TUNABLE(on_drift)},
	{"max_reasks", .kind = FIELD_INT, RANGE(0, 5), .fallback = "2", TUNABLE(max_reasks)},
	{"pause_after_skips", .kind = FIELD_INT, RANGE(0, 50), .fallback = "5", TUNABLE(pause_after_skips)},
	{"trigger", .kind = FIELD_WORD, .words = trigger_words, .later = trigger_later},
	{"confirm_evals", .kind = FIELD_INT, RANGE(1, 20), .flags = FIELD_ONLY, .only = 1},
	{"rearm_pct", .kind = FIELD_DECIMAL, RANGE(0, 50), .flags = FIELD_ONLY, .only = 0},
	{"priority", .kind = FIELD_INT, RANGE(0, 100), .flags = FIELD_ONLY, .only = 50},
	{"not_before", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"not_after", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{.name = NULL},
};

static const struct field input_own[] = {
	{"id", .kind = FIELD_ID, .flags = FIELD_REQUIRED},
	{"source", .kind = FIELD_WORD, .words = source_words},
	{"asset_class", .kind = FIELD_WORD, .words = asset_class_words},
	{"symbols", .kind = FIELD_SYMBOLS, RANGE(1, CONFIG_INPUT_SYMBOLS_MAX), .flags = FIELD_REQUIRED},
	{"feed", .kind = FIELD_WORD, .words = feed_words},
	{"transport", .kind = FIELD_WORD, .words = transport_words, .later = transport_later},
	{"poll_interval_seconds", .kind = FIELD_INT, RANGE(5, 86400)},
	{"max_staleness_seconds", .kind = FIELD_INT, RANGE(1, 86400)},
	{"metrics", .kind = FIELD_WORDS, RANGE(1, 5), .words = market_metric_words},
	{"history", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{.name = NULL},
};

static const struct field action_own[] = {
	{"action", .kind = FIELD_WORD, .flags = FIELD_REQUIRED, .words = rule_action_words},
	{"side", .kind = FIELD_WORD, .words = order_side_words},
	{"notional_usd", .kind = FIELD_DECIMAL, RANGE(0, 1000000000)},
	{"qty", .kind = FIELD_DECIMAL, RANGE(0, 1000000000), .flags = FIELD_OPEN_MIN},
	{"pct_of_position", .kind = FIELD_DECIMAL, RANGE(0, 100), .flags = FIELD_OPEN_MIN},
	{"order_type", .kind = FIELD_WORD, .words = order_type_words},
	{"limit_price", .kind = FIELD_DECIMAL, RANGE(0, 1000000000), .flags = FIELD_OPEN_MIN},
	{"limit_offset_pct", .kind = FIELD_DECIMAL, RANGE(-100, 100), .flags = FIELD_OPEN_MIN},
	{"time_in_force", .kind = FIELD_WORD, .words = time_in_force_words},
	{"extended_hours", .kind = FIELD_BOOL},
	{.name = NULL},
};

static const struct field rule_own[] = {
	{"id", .kind = FIELD_ID, .flags = FIELD_REQUIRED},
	{"enabled", .kind = FIELD_BOOL},
	{"type", .kind = FIELD_WORD, .flags = FIELD_REQUIRED, .words = rule_type_words, .later = rule_type_later_words},
	{"symbol", .kind = FIELD_SYMBOL},
	{"symbols", .kind = FIELD_SYMBOLS, RANGE(1, RULE_SYMBOLS_MAX)},
	{"price_metric", .kind = FIELD_WORD, .words = price_metric_words},
	{"ref_metric", .kind = FIELD_WORD, .flags = FIELD_REQUIRED | FIELD_OF_TYPE, .words = ref_metric_words, .later = ref_later},
	{"threshold_pct", .kind = FIELD_DECIMAL, RANGE(-100, 10000), .flags = FIELD_REQUIRED | FIELD_OF_TYPE},
	{"max_staleness_seconds", .kind = FIELD_INT, RANGE(1, 86400)},
	{"question_template", .kind = FIELD_TEXT},
	{"on_answer_match", .kind = FIELD_OBJECT, .flags = FIELD_REQUIRED, .members = &action_fields},
	/* of types that are not built */
	{"price", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"window_seconds", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"direction", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"timeframe", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"lookback_bars", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"edge", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"period", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"ma", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"op", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"fast", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"slow", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"level", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"multiple", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"value", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"conditions", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{"condition", .kind = FIELD_ANY, .flags = FIELD_LATER},
	{.name = NULL},
};

const struct field guardrail_fields[] = {
	{"max_orders_per_day", .kind = FIELD_INT, RANGE(0, 10000), .stricter = STRICTER_SMALLER},
	{"max_notional_usd_per_4h", .kind = FIELD_DECIMAL, RANGE(0, 1000000000), .stricter = STRICTER_SMALLER},
	{"require_question_before_order", .kind = FIELD_BOOL, .stricter = STRICTER_TRUE},
	{"symbols_blocklist", .kind = FIELD_SYMBOLS, RANGE(0, 10000)},
	{"symbols_allowlist", .kind = FIELD_SYMBOLS, RANGE(0, 10000)},
	{"max_notional_usd_per_order", .kind = FIELD_DECIMAL, RANGE(0, 1000000000), .stricter = STRICTER_SMALLER},
	{"max_open_orders", .kind = FIELD_INT, RANGE(0, 10000), .stricter = STRICTER_SMALLER},
	{"max_open_questions", .kind = FIELD_INT, RANGE(0, 10000), .stricter = STRICTER_SMALLER},
	{"max_questions_per_day", .kind = FIELD_INT, RANGE(0, 10000), .stricter = STRICTER_SMALLER},
	{"max_position_notional_usd", .kind = FIELD_DECIMAL, RANGE(0, 1000000000), .stricter = STRICTER_SMALLER},
	{"max_spread_pct", .kind = FIELD_DECIMAL, RANGE(0, 100), .stricter = STRICTER_SMALLER},
	{"min_price_usd", .kind = FIELD_DECIMAL, RANGE(0, 1000000000), .stricter = STRICTER_LARGER},
	{"max_consecutive_rejects", .kind = FIELD_INT, RANGE(0, 10000), .stricter = STRICTER_SMALLER},
	{"allow_extended_hours", .kind = FIELD_BOOL, .stricter = STRICTER_FALSE},
	{.name = NULL},
};

const struct field_set input_fields = {input_own, NULL};
const struct field_set rule_fields = {rule_own, tunable_fields};
const struct field_set action_fields = {action_own, NULL};
static const struct field_set defaults_fields = {tunable_fields, NULL};
static const struct field_set guardrails_fields = {guardrail_fields, NULL};

static const struct field document_own[] = {
	{"version", .kind = FIELD_INT, RANGE(INT32_MIN, INT32_MAX), .flags = FIELD_REQUIRED | FIELD_ONLY, .only = CONFIG_VERSION},
	{"enabled", .kind = FIELD_BOOL},
	{"mode", .kind = FIELD_WORD, .words = trading_mode_words},
	{"max_staleness_seconds", .kind = FIELD_INT, RANGE(1, 86400)},
	{"defaults", .kind = FIELD_OBJECT, .members = &defaults_fields},
	{"data_inputs", .kind = FIELD_OBJECTS, RANGE(0, CONFIG_INPUTS_MAX), .members = &input_fields},
	{"rules", .kind = FIELD_OBJECTS, RANGE(0, CONFIG_RULES_MAX), .members = &rule_fields},
	{"guardrails", .kind = FIELD_OBJECT, .members = &guardrails_fields},
	{.name = NULL},
};

const struct field_set document_fields = {document_own, NULL};

/* clang-format on */

static const struct field *find_in(const struct field *fields, const char *name)
{
	for (; fields && fields->name; fields++)
		if (strcmp(fields->name, name) == 0)
			return fields;

	return NULL;
}

const struct field *field_find(const struct field_set *set, const char *name)
{
	const struct field *field = find_in(set->own, name);

	return field ? field : find_in(set->more, name);
}

int field_number(const cJSON *item, int64_t *nano_out)
{
	const char *point;
	int r;

	if (!cJSON_IsNumber(item) || !item->valuestring)
		return -EINVAL;

	point = strchr(item->valuestring, '.');
	if (point && strlen(point + 1) > 9)
		return -EDOM;

	r = decimal_parse(item->valuestring, nano_out);
	/* What is a number of JSON and no plain decimal has an exponent. */
	return r == -EINVAL ? -EDOM : r;
}
