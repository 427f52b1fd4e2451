/* test_rule.c - what makes a rule true, false or unknown, and why. */
#include "common/trading/rule.h"
#include "test/unit/trading/scene.h"

/* The scene with one thing changed. */
struct look_case {
	const char *name;
	void (*change)(struct scene *scene, struct rule *rule);
	const char *now; /* NULL = SCENE_NOW */
	enum tri value;
	enum reason reason;
};

static void nothing(struct scene *scene, struct rule *rule)
{
	(void)scene;
	(void)rule;
}

static void one_cent_above(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].price = usd("492.51");
}

static void on_threshold(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].price = usd("492.5");
}

static void no_price(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].symbol = (struct symbol){"QQQ"};
}

static void other_feed(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].feed = FEED_SIP;
}

static void any_feed(struct scene *scene, struct rule *rule)
{
	(void)rule;
	other_feed(scene, rule);
	scene->config->inputs[0].feed = FEED_UNNAMED;
}

static void no_close(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_CLOSE].metric = METRIC_LAST_QUOTE;
}

static void old_close(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_CLOSE].session_date = on("2026-11-23");
}

static void todays_close(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_CLOSE].session_date = on("2026-11-25");
}

static void no_ref(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_CLOSE].price.nano = 0;
}

static void negative_ref(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_CLOSE].price.nano = -1;
}

static void suspect(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].suspect = true;
}

static void suspect_close(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_CLOSE].suspect = true;
}

static void as_old_as_allowed(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].as_of = at("2026-11-25T14:57:00Z");
}

static void too_old(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].as_of = at("2026-11-25T14:56:59.999999Z");
}

static void from_the_future(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].as_of = at("2026-11-25T15:03:01Z");
}

static void before_the_open(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].as_of = at("2026-11-25T14:29:59Z");
}

static void before_the_open_extended(struct scene *scene, struct rule *rule)
{
	before_the_open(scene, rule);
	rule->tunables.session = SESSION_EXTENDED;
}

static void no_calendar(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->calendar.ndays = 0;
}

static void calendar_of_the_past(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->calendar.ndays = 1;
}

static void any_session_no_calendar(struct scene *scene, struct rule *rule)
{
	no_calendar(scene, rule);
	rule->tunables.session = SESSION_ANY;
}

static void any_session(struct scene *scene, struct rule *rule)
{
	rule->tunables.session = SESSION_ANY;
	rule->targets[0].max_staleness_seconds = 86400;
	(void)scene;
}

static void extended(struct scene *scene, struct rule *rule)
{
	rule->tunables.session = SESSION_EXTENDED;
	scene->rows[SCENE_LAST].as_of = at("2026-11-25T21:59:30Z");
}

static void above(struct scene *scene, struct rule *rule)
{
	rule->type = RULE_PRICE_ABOVE_PCT_OF_REF;
	rule->threshold.nano = nano("2");
	scene->rows[SCENE_LAST].price = usd("510");
}

static void not_above(struct scene *scene, struct rule *rule)
{
	above(scene, rule);
	scene->rows[SCENE_LAST].price = usd("509.999999999");
}

static void from_open(struct scene *scene, struct rule *rule)
{
	rule->ref_metric = REF_DAY_OPEN; /* 499: 492 is -1.402 % */
	rule->threshold.nano = nano("-1.4");
	(void)scene;
}

static void from_high(struct scene *scene, struct rule *rule)
{
	rule->ref_metric = REF_DAY_HIGH; /* 501: 492 is -1.796 % */
	rule->threshold.nano = nano("-1.79");
	(void)scene;
}

static void from_low(struct scene *scene, struct rule *rule)
{
	rule->ref_metric = REF_DAY_LOW; /* 491: 492 is +0.2 % */
	rule->threshold.nano = 0;
	(void)scene;
}

static void from_yesterdays_open(struct scene *scene, struct rule *rule)
{
	from_open(scene, rule);
	scene->rows[SCENE_DAY].session_date = on("2026-11-24");
}

static void minute_close(struct scene *scene, struct rule *rule)
{
	rule->price_metric = PRICE_MINUTE_BAR_CLOSE;
	scene->market.nrows = 4;
}

static void minute_of_the_open(struct scene *scene, struct rule *rule)
{
	minute_close(scene, rule);
	scene->rows[SCENE_MINUTE].as_of = at("2026-11-25T14:30:00Z");
}

static void first_minute(struct scene *scene, struct rule *rule)
{
	minute_close(scene, rule);
	scene->rows[SCENE_MINUTE].as_of = at("2026-11-25T14:31:00Z");
}

static void midpoint(struct scene *scene, struct rule *rule)
{
	rule->price_metric = PRICE_MID_QUOTE;
	scene->market.nrows = 5;
}

static void midpoint_crossed(struct scene *scene, struct rule *rule)
{
	midpoint(scene, rule);
	scene->rows[SCENE_QUOTE].bid = usd("492.2");
}

static void far_from_quote(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->market.nrows = 5;
	scene->rows[SCENE_QUOTE].bid = usd("519");
	scene->rows[SCENE_QUOTE].ask = usd("521");
}

static void far_from_old_quote(struct scene *scene, struct rule *rule)
{
	far_from_quote(scene, rule);
	scene->rows[SCENE_QUOTE].as_of = at("2026-11-25T14:40:00Z");
}

static void jump(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].price = usd("399.99");
}

static void twenty(struct scene *scene, struct rule *rule)
{
	(void)rule;
	scene->rows[SCENE_LAST].price = usd("400");
}

static void jump_confirmed(struct scene *scene, struct rule *rule)
{
	jump(scene, rule);
	scene->market.nrows = 4;
	scene->rows[SCENE_MINUTE].price = usd("401");
}

static void jump_denied(struct scene *scene, struct rule *rule)
{
	jump(scene, rule);
	scene->market.nrows = 4;
}

static void jump_confirmed_late(struct scene *scene, struct rule *rule)
{
	jump_confirmed(scene, rule);
	scene->rows[SCENE_MINUTE].as_of = at("2026-11-25T14:40:00Z");
}

/* clang-format off */
static const struct look_case looks[] = {
	{"the plan's", nothing, NULL, TRI_TRUE, REASON_NONE},
	{"a cent above", one_cent_above, NULL, TRI_FALSE, REASON_NONE},
	{"on the threshold", on_threshold, NULL, TRI_TRUE, REASON_NONE},
	{"no price", no_price, NULL, TRI_UNKNOWN, REASON_METRIC_MISSING},
	{"another feed's price", other_feed, NULL, TRI_UNKNOWN, REASON_METRIC_MISSING},
	{"no feed named: any feed's price", any_feed, NULL, TRI_TRUE, REASON_NONE},
	{"no close", no_close, NULL, TRI_UNKNOWN, REASON_METRIC_MISSING},
	{"the close before", old_close, NULL, TRI_UNKNOWN, REASON_STALE_NOT_IN_SESSION},
	{"today's close", todays_close, NULL, TRI_UNKNOWN, REASON_STALE_NOT_IN_SESSION},
	{"a close of zero", no_ref, NULL, TRI_UNKNOWN, REASON_METRIC_MISSING},
	{"a negative close", negative_ref, NULL, TRI_UNKNOWN, REASON_METRIC_MISSING},
	{"a suspect price", suspect, NULL, TRI_UNKNOWN, REASON_SUSPECT_PRICE},
	{"a suspect close", suspect_close, NULL, TRI_UNKNOWN, REASON_SUSPECT_PRICE},
	{"180 s old", as_old_as_allowed, NULL, TRI_TRUE, REASON_NONE},
	{"a microsecond older", too_old, NULL, TRI_UNKNOWN, REASON_STALE},
	{"from the future", from_the_future, NULL, TRI_UNKNOWN, REASON_STALE},
	{"a price of before the open", before_the_open, "2026-11-25T14:30:30Z", TRI_UNKNOWN, REASON_STALE_NOT_IN_SESSION},
	{"counts when extended", before_the_open_extended, "2026-11-25T14:30:30Z", TRI_TRUE, REASON_NONE},
	{"before the open", nothing, "2026-11-25T14:29:59Z", TRI_UNKNOWN, REASON_MARKET_CLOSED},
	{"at the close", nothing, "2026-11-25T21:00:00Z", TRI_UNKNOWN, REASON_MARKET_CLOSED},
	{"on Thanksgiving", nothing, "2026-11-26T15:00:00Z", TRI_UNKNOWN, REASON_MARKET_CLOSED},
	{"no calendar", no_calendar, NULL, TRI_UNKNOWN, REASON_NO_CALENDAR},
	{"a calendar that ends yesterday", calendar_of_the_past, NULL, TRI_UNKNOWN, REASON_NO_CALENDAR},
	{"no calendar for the close before", any_session_no_calendar, NULL, TRI_UNKNOWN, REASON_NO_CALENDAR},
	{"any session, at night", any_session, "2026-11-26T02:00:00Z", TRI_TRUE, REASON_NONE},
	{"any session, on the holiday: yesterday's close is another", any_session, "2026-11-26T14:00:00Z", TRI_UNKNOWN, REASON_STALE_NOT_IN_SESSION},
	{"after hours", extended, "2026-11-25T22:00:00Z", TRI_TRUE, REASON_NONE},
	{"above", above, NULL, TRI_TRUE, REASON_NONE},
	{"not quite above", not_above, NULL, TRI_FALSE, REASON_NONE},
	{"from the open", from_open, NULL, TRI_TRUE, REASON_NONE},
	{"from the high", from_high, NULL, TRI_TRUE, REASON_NONE},
	{"from the low", from_low, NULL, TRI_FALSE, REASON_NONE},
	{"from yesterday's open", from_yesterdays_open, NULL, TRI_UNKNOWN, REASON_STALE_NOT_IN_SESSION},
	{"a minute's close", minute_close, NULL, TRI_TRUE, REASON_NONE},
	{"the minute that ends at the open", minute_of_the_open, "2026-11-25T14:31:30Z", TRI_UNKNOWN, REASON_STALE_NOT_IN_SESSION},
	{"the first minute", first_minute, "2026-11-25T14:31:30Z", TRI_TRUE, REASON_NONE},
	{"a midpoint", midpoint, NULL, TRI_TRUE, REASON_NONE},
	{"a crossed quote has none", midpoint_crossed, NULL, TRI_UNKNOWN, REASON_METRIC_MISSING},
	{"a trade far from the quote", far_from_quote, NULL, TRI_UNKNOWN, REASON_SUSPECT_PRICE},
	{"an old quote condemns nothing", far_from_old_quote, NULL, TRI_TRUE, REASON_NONE},
	{"a move of 20 %", twenty, NULL, TRI_TRUE, REASON_NONE},
	{"more, without a witness", jump, NULL, TRI_UNKNOWN, REASON_SUSPECT_PRICE},
	{"more, with one", jump_confirmed, NULL, TRI_TRUE, REASON_NONE},
	{"more, and the minute bar disagrees", jump_denied, NULL, TRI_UNKNOWN, REASON_SUSPECT_PRICE},
	{"more, and the witness is old", jump_confirmed_late, NULL, TRI_UNKNOWN, REASON_SUSPECT_PRICE},
};

/* clang-format on */

static void test_looks(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(looks); i++) {
		struct evaluation evaluation;
		struct scene scene;
		struct rule *rule;

		scene_set(&scene);
		rule = &scene.config->rules[0];
		looks[i].change(&scene, rule);
		rule_evaluate(rule, &rule->targets[0], &scene.market, &scene.calendar,
			at(looks[i].now ? looks[i].now : SCENE_NOW), &evaluation);
		want_i64(looks[i].name, evaluation.value, looks[i].value);
		want_str(looks[i].name, reason_name(evaluation.reason),
			reason_name(looks[i].reason));
		scene_end(&scene);
	}
}

static void test_evidence(void **state)
{
	struct evaluation evaluation;
	struct scene scene;
	struct rule *rule;

	(void)state;
	scene_set(&scene);
	rule = &scene.config->rules[0];
	rule_evaluate(rule, &rule->targets[0], &scene.market, &scene.calendar, at(SCENE_NOW),
		&evaluation);
	want_i64("price", evaluation.price.nano, 492 * DECIMAL_ONE);
	want_i64("ref", evaluation.ref.nano, 500 * DECIMAL_ONE);
	want_i64("as_of", evaluation.as_of.us, at("2026-11-25T14:59:30Z").us);
	want_i64("rows", evaluation.nused, 2);
	want_true("price first", evaluation.used[0] == &scene.rows[SCENE_LAST]);
	want_true("ref next", evaluation.used[1] == &scene.rows[SCENE_CLOSE]);
	jump_confirmed(&scene, rule);
	rule_evaluate(rule, &rule->targets[0], &scene.market, &scene.calendar, at(SCENE_NOW),
		&evaluation);
	want_i64("the witness too", evaluation.nused, 3);
	want_true("the witness too", evaluation.used[2] == &scene.rows[SCENE_MINUTE]);
	scene_end(&scene);
}

/* Crypto: no calendar, any hour, the close of the previous UTC day. */
static void test_crypto(void **state)
{
	static const struct {
		const char *name, *now, *close_date;
		enum tri value;
	} rows[] = {
		{"yesterday's", "2026-11-28T03:00:00Z", "2026-11-27", TRI_TRUE},
		{"the day before's", "2026-11-28T03:00:00Z", "2026-11-26", TRI_UNKNOWN},
		{"UTC counts, not New York", "2026-11-28T00:00:00Z", "2026-11-27", TRI_TRUE},
		{"a second before midnight", "2026-11-27T23:59:59Z", "2026-11-27", TRI_UNKNOWN},
	};
	struct config *config = scene_config(
		"{\"version\":1,\"data_inputs\":[{\"id\":\"c\",\"asset_class\":\"crypto\","
		"\"symbols\":[\"BTC/USD\"]}],\"rules\":[{\"id\":\"r\","
		"\"type\":\"price_below_pct_of_ref\",\"ref_metric\":\"prev_close\","
		"\"threshold_pct\":-3,\"symbol\":\"BTC/USD\",\"question_template\":\"?\","
		"\"on_answer_match\":{\"action\":\"propose_order\",\"side\":\"buy\","
		"\"notional_usd\":10}}]}");
	const struct rule *rule = &config->rules[0];
	struct calendar none = {NULL, 0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		struct observation seen[] = {
			{.symbol = {"BTC/USD"},
				.asset_class = ASSET_CRYPTO,
				.feed = FEED_US,
				.metric = METRIC_LAST_TRADE,
				.price = usd("97"),
				.as_of = at(rows[i].now)},
			{.symbol = {"BTC/USD"},
				.asset_class = ASSET_CRYPTO,
				.feed = FEED_US,
				.metric = METRIC_PREV_CLOSE,
				.price = usd("100"),
				.session_date = on(rows[i].close_date)},
		};
		struct market market = {seen, LENGTH(seen)};
		struct evaluation evaluation;

		rule_evaluate(
			rule, &rule->targets[0], &market, &none, at(rows[i].now), &evaluation);
		want_i64(rows[i].name, evaluation.value, rows[i].value);
	}
	config_free(&config);
}

/* The largest numbers that fit do not overflow. */
static void test_bounds(void **state)
{
	struct price most = {INT64_MAX};
	struct price least = {1};

	(void)state;
	want_i64("down", rule_below_pct(least, most, (struct pct){INT64_MIN}), TRI_FALSE);
	want_i64("up", rule_below_pct(most, least, (struct pct){INT64_MAX}), TRI_FALSE);
	want_i64("up", rule_above_pct(most, least, (struct pct){INT64_MAX}), TRI_TRUE);
	want_i64("same", rule_below_pct(most, most, (struct pct){0}), TRI_TRUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_crypto),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
