/* test_config.c - the typed document: defaults, precedences, what a rule's symbols are served by. */
#include "test/unit/trading/scene.h"

static void test_seed(void **state)
{
	struct scene scene;
	const struct input *input;
	const struct rule *rule;

	(void)state;
	scene_set(&scene);
	input = &scene.config->inputs[0];
	want_i64("rules", scene.config->nrules, 1);
	rule = &scene.config->rules[0];
	want_str("id", rule->id, "dip_confirm");
	want_true("enabled", scene.config->enabled);
	want_i64("mode", scene.config->mode, MODE_PAPER);
	want_i64("inputs", scene.config->ninputs, 1);
	want_str("input", input->id, "primary_watchlist");
	want_i64("feed", input->feed, FEED_IEX);
	want_i64("symbols", input->nsymbols, 3);
	want_i64("metrics", input->metrics,
		1u << METRIC_LAST_TRADE | 1u << METRIC_DAILY_BAR | 1u << METRIC_PREV_CLOSE);
	want_i64("poll", input->poll_interval_seconds, 60);
	want_i64("stale after three polls", input->max_staleness_seconds, 180);
	want_true("rule", rule->enabled);
	want_i64("type", rule->type, RULE_PRICE_BELOW_PCT_OF_REF);
	want_i64("threshold", rule->threshold.nano, -1500000000);
	want_i64("targets", rule->ntargets, 1);
	want_str("target", rule->targets[0].symbol.text, "SPY");
	want_true("input of target", rule->targets[0].input == input);
	want_i64("staleness", rule->targets[0].max_staleness_seconds, 180);
	want_i64("action", rule->action, ACTION_PROPOSE_ORDER);
	want_i64("side", rule->order.side, SIDE_BUY);
	want_i64("notional", rule->order.notional.nano, 10 * DECIMAL_ONE);
	want_i64("qty", rule->order.qty.nano, 0);
	want_i64("tif", rule->order.time_in_force, TIF_DAY);
	scene_end(&scene);
}

static void test_tunables(void **state)
{
	struct config *config =
		scene_config("{\"version\":1,\"defaults\":{\"cooldown_seconds\":7,"
			     "\"after_skip\":\"cooldown\",\"approve_min\":0.5},"
			     "\"data_inputs\":[{\"id\":\"i\",\"symbols\":[\"SPY\"]}],"
			     "\"rules\":[{\"id\":\"r\",\"type\":\"price_above_pct_of_ref\","
			     "\"ref_metric\":\"day_low\",\"threshold_pct\":2,"
			     "\"symbol\":\"SPY\",\"cooldown_seconds\":8,"
			     "\"max_drift_pct\":1.25,\"enabled\":false,"
			     "\"question_template\":\"?\","
			     "\"on_answer_match\":{\"action\":\"notify_only\"}}]}");
	const struct tunables *tunables = &config->rules[0].tunables;

	(void)state;
	want_true("switched off", !config->rules[0].enabled);
	want_i64("the rule's own", tunables->cooldown_seconds, 8);
	want_i64("of defaults", tunables->after_skip, AFTER_SKIP_COOLDOWN);
	want_i64("of defaults", tunables->approve_min.nano, DECIMAL_ONE / 2);
	want_i64("the rule's own", tunables->max_drift.nano, 1250000000);
	want_i64("built-in", tunables->session, SESSION_REGULAR);
	want_i64("built-in", tunables->skip_max.nano, -7 * DECIMAL_ONE);
	want_i64("built-in", tunables->max_fires_per_day, 3);
	want_i64("built-in", tunables->question_ttl_seconds, 900);
	want_i64("built-in", tunables->close_buffer_seconds, 300);
	want_i64("built-in", tunables->on_ambiguous, ON_AMBIGUOUS_FOLLOW_UP);
	want_i64("built-in", tunables->max_follow_ups, 1);
	want_i64("built-in", tunables->drift_side, DRIFT_BOTH);
	want_i64("built-in", tunables->undo_seconds, 0);
	want_i64("on_drift", tunables->on_drift, ON_DRIFT_REASK);
	want_i64("max_reasks", tunables->max_reasks, 2);
	want_i64("pause_after_skips", tunables->pause_after_skips, 5);
	want_i64("feed", config->inputs[0].feed, FEED_UNNAMED);
	config_free(&config);
}

struct staleness {
	const char *name;
	const char *top, *input, *rule; /* members with a comma, or "" */
	int64_t poll, want_poll, want;
};

/* clang-format off */
static const struct staleness stalenesses[] = {
	{"three polls", "", "", "", 60, 60, 180},
	{"at least 90", "", "", "", 5, 5, 90},
	{"a slow worker polls slower", "", "", "", 5, 45, 135},
	{"the document's", "\"max_staleness_seconds\":300,", "", "", 60, 60, 300},
	{"the input's", "\"max_staleness_seconds\":300,", "\"max_staleness_seconds\":200,", "", 60, 60, 200},
	{"the rule's", "\"max_staleness_seconds\":300,", "\"max_staleness_seconds\":200,", "\"max_staleness_seconds\":100,", 60, 60, 100},
};

/* clang-format on */

static void test_staleness(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(stalenesses); i++) {
		const struct staleness *row = &stalenesses[i];
		AUTO(alloc_free)
		char *text = alloc_print(
			"{\"version\":1,%s\"data_inputs\":[{\"id\":\"i\",%s\"symbols\":[\"SPY\"],"
			"\"poll_interval_seconds\":%d}],\"rules\":[{\"id\":\"r\",%s"
			"\"type\":\"price_below_pct_of_ref\",\"ref_metric\":\"prev_close\","
			"\"threshold_pct\":-1,\"symbol\":\"SPY\",\"question_template\":\"?\","
			"\"on_answer_match\":{\"action\":\"notify_only\"}}]}",
			row->top, row->input, (int)row->poll, row->rule);
		struct config_source source = {
			.override_text = text, .worker_interval_seconds = row->want_poll};
		struct config_report report = {0};
		struct config *config = NULL;

		want_i64(row->name, config_load(&source, &config, &report), 0);
		want_i64(row->name, config->inputs[0].poll_interval_seconds, row->want_poll);
		want_i64(row->name, config->rules[0].targets[0].max_staleness_seconds, row->want);
		config_free(&config);
		config_report_done(&report);
	}
}

/* A symbol in two inputs is served by the first that collects what the rule reads. */
static void test_serving(void **state)
{
	struct config *config = scene_config(
		"{\"version\":1,\"data_inputs\":["
		"{\"id\":\"a\",\"asset_class\":\"crypto\",\"symbols\":[\"BTC/USD\",\"ETH/USD\"]},"
		"{\"id\":\"b\",\"asset_class\":\"crypto\",\"symbols\":[\"BTC/USD\",\"ETH/USD\"],"
		"\"metrics\":[\"minute_bar\",\"prev_close\"],\"poll_interval_seconds\":5}],"
		"\"rules\":[{\"id\":\"r\",\"type\":\"price_below_pct_of_ref\","
		"\"price_metric\":\"minute_bar_close\",\"ref_metric\":\"prev_close\","
		"\"threshold_pct\":-3,\"symbols\":[\"BTC/USD\",\"ETH/USD\"],"
		"\"question_template\":\"?\",\"on_answer_match\":{\"action\":\"propose_order\","
		"\"side\":\"buy\",\"notional_usd\":10}}]}");
	const struct rule *rule = &config->rules[0];

	(void)state;
	want_i64("targets", rule->ntargets, 2);
	want_str("served by", rule->targets[0].input->id, "b");
	want_str("served by", rule->targets[1].input->id, "b");
	want_i64("class", rule->asset_class, ASSET_CRYPTO);
	want_i64("feed", rule->targets[0].input->feed, FEED_US);
	want_i64("session", rule->tunables.session, SESSION_ANY);
	want_i64("until canceled", rule->order.time_in_force, TIF_GTC);
	config_free(&config);
}

/* What config_check would not let through is an error here, and leaks nothing. */
static void test_refused(void **state)
{
	static const char *const texts[] = {
		"{\"mode\":\"x\"}",
		"{\"data_inputs\":[{\"id\":\"X\",\"symbols\":[]}]}",
		"{\"data_inputs\":[{\"id\":\"i\"}]}",
		"{\"data_inputs\":[{\"id\":\"i\",\"symbols\":[7]}]}",
		"{\"data_inputs\":[{\"id\":\"i\",\"symbols\":[\"SPY\"],\"feed\":\"x\"}]}",
		"{\"rules\":[{\"id\":\"r\"}]}",
		"{\"rules\":[{\"id\":\"r\",\"question_template\":\"?\",\"type\":\"rsi\"}]}",
		"{\"rules\":[{\"id\":\"r\",\"question_template\":\"?\","
		"\"type\":\"price_below_pct_of_ref\",\"ref_metric\":\"prev_close\","
		"\"threshold_pct\":-1,\"symbol\":\"SPY\"}]}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(texts); i++) {
		AUTO(json_free) cJSON *merged = data_parse(texts[i], texts[i]);
		struct config *config = NULL;
		struct err err;

		want_i64(texts[i], config_read(merged, 60, &config, &err), -22);
		want_true(texts[i], !config && *err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_tunables),
		cmocka_unit_test(test_staleness),
		cmocka_unit_test(test_serving),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
