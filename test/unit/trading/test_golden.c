/* test_golden.c - every vector of golden-vectors.json that touches what is built. */
#include "test/unit/trading/scene.h"

#include "common/trading/drift.h"
#include "common/trading/render.h"
#include "common/trading/rule.h"
#include "common/trading/tri.h"

/* Runs a case for each item of a section, which must be there and not empty. */
static void each(const char *section, void (*run)(const char *name, const cJSON *item))
{
	AUTO(json_free) cJSON *golden = data_read("golden-vectors.json");
	const cJSON *list = json_member(golden, section);
	const cJSON *item;
	int count = 0;

	cJSON_ArrayForEach(item, list)
	{
		AUTO(alloc_free) char *name = json_print(item);

		run(name, item);
		count++;
	}
	want_true(section, count > 0);
}

static enum tri tri_of(const char *text)
{
	if (strcmp(text, "U") == 0)
		return TRI_UNKNOWN;

	return strcmp(text, "T") == 0 ? TRI_TRUE : TRI_FALSE;
}

static void logic(const char *name, const cJSON *item)
{
	const char *op = json_text(item, "op");
	const char *b = json_text(item, "b");

	enum tri values[] = {tri_of(json_text(item, "a")), b ? tri_of(b) : TRI_FALSE};
	enum tri want = tri_of(json_text(item, "is"));

	if (strcmp(op, "all") == 0)
		want_i64(name, tri_all(values, 2), want);
	else if (strcmp(op, "any") == 0)
		want_i64(name, tri_any(values, 2), want);
	else
		want_i64(name, tri_not(values[0]), want);
}

static void threshold(const char *name, const cJSON *item)
{
	struct pct bound = {nano(json_text(item, "threshold_pct"))};

	want_i64(name,
		rule_below_pct(usd(json_text(item, "price")), usd(json_text(item, "ref")), bound),
		tri_of(json_text(item, "is")));
}

static void float_trap(const char *name, const cJSON *item)
{
	struct pct bound = {nano("-1.5")};
	bool fires = cJSON_IsTrue(json_member(item, "exact_fires"));

	want_i64(name,
		rule_below_pct(usd(json_text(item, "price")), usd(json_text(item, "ref")), bound),
		fires ? TRI_TRUE : TRI_FALSE);
}

/* Against 100 the price is 100 + pct, exactly. */
static void render(const char *name, const cJSON *item)
{
	struct price ref = usd("100");
	struct price price = {ref.nano + nano(json_text(item, "pct"))};
	char text[DECIMAL_TEXT];

	render_pct(price, ref, text);
	want_str(name, text, json_text(item, "pct_out"));
	render_pct_signed(price, ref, text);
	want_str(name, text, json_text(item, "signed_out"));
}

static void drift(const char *name, const cJSON *item)
{
	int side = word_find(order_side_words, json_text(item, "side"));
	int drift_side = word_find(drift_side_words, json_text(item, "drift_side"));
	struct pct max = {nano(json_text(item, "max"))};

	want_true(name, side >= 0 && drift_side >= 0);
	want_i64(name,
		drift_exceeds(usd(json_text(item, "asked")), usd(json_text(item, "now")),
			(enum order_side)side, (enum drift_side)drift_side, max),
		cJSON_IsTrue(json_member(item, "reask")));
}

static void trading_date(const char *name, const cJSON *item)
{
	struct wall instant = at(json_text(item, "utc"));
	char text[DATE_TEXT];

	date_format(ny_date(instant), text);
	want_str(name, text, json_text(item, "trading_date_ny"));
	date_format(date_utc(instant), text);
	want_str(name, text, json_text(item, "utc_date"));
}

static void open_utc(const char *name, const cJSON *item)
{
	const char *day = json_text(item, "date");
	AUTO(alloc_free)
	char *want = alloc_print("%sT%s:00Z", day, json_text(item, "open_0930_ny_is_utc"));
	char got[WALL_TEXT];

	wall_format(ny_at(on(day), 9, 30), got);
	want_str(name, got, want);
}

static void test_logic(void **state)
{
	(void)state;
	each("logic", logic);
}

static void test_threshold(void **state)
{
	(void)state;
	each("threshold", threshold);
}

static void test_float_traps(void **state)
{
	(void)state;
	each("float_traps", float_trap);
}

static void test_render(void **state)
{
	(void)state;
	each("render", render);
}

static void test_drift(void **state)
{
	(void)state;
	each("drift", drift);
}

static void test_trading_date(void **state)
{
	(void)state;
	each("trading_date", trading_date);
}

static void test_open_utc(void **state)
{
	(void)state;
	each("open_utc", open_utc);
}

/* The whole way: seed document, rows, evaluation, text. */
static void test_render_seed(void **state)
{
	AUTO(json_free) cJSON *golden = data_read("golden-vectors.json");
	struct evaluation evaluation;
	struct scene scene;
	const struct rule *rule;
	AUTO(alloc_free) char *text = NULL;

	(void)state;
	scene_set(&scene);
	rule = &scene.config->rules[0];
	rule_evaluate(rule, &rule->targets[0], &scene.market, &scene.calendar, at(SCENE_NOW),
		&evaluation);
	want_i64("seed", evaluation.value, TRI_TRUE);
	text = render_question(&(struct render_values){.rule = rule,
		.symbol = "SPY",
		.price = evaluation.price,
		.ref = evaluation.ref,
		.as_of = evaluation.as_of,
		.expires_at = at(SCENE_NOW)});
	want_str("seed", text, json_text(golden, "render_seed"));
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_logic),
		cmocka_unit_test(test_threshold),
		cmocka_unit_test(test_float_traps),
		cmocka_unit_test(test_render),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_trading_date),
		cmocka_unit_test(test_open_utc),
		cmocka_unit_test(test_render_seed),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
