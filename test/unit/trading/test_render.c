/* test_render.c - placeholders, braces, exact halves. */
#include "common/trading/render.h"
#include "test/unit/trading/scene.h"

/* clang-format off */
static const struct {
	const char *name, *template, *text;
} texts[] = {
	{"plain", "Buy?", "Buy?"},
	{"empty", "", ""},
	{"all", "{{symbol}}|{{price}}|{{pct}}|{{pct_signed}}|{{ref}}|{{threshold}}|{{side}}|{{notional}}|{{qty}}|{{asof}}|{{expires}}|{{rule}}",
		"SPY|492.00|1.6|-1.60|500.00|-1.5|buy|10.00|0.020325203|2026-11-25T14:59:30Z|2026-11-25T15:15:00Z|dip_confirm"},
	{"blanks inside", "{{ pct }}%", "1.6%"},
	{"twice", "{{pct}}{{pct}}", "1.61.6"},
	{"unknown stays", "a {{amount}} b", "a {{amount}} b"},
	{"open brace stays", "a {{pct", "a {{pct"},
	{"single braces", "{pct} } {", "{pct} } {"},
	{"behind an unknown one", "{{x}} {{pct}}", "{{x}} 1.6"},
	{"a very long name", "{{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}", "{{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}"},
	{"other alphabets", "\xc3\xa9 {{pct}} \xe2\x82\xac", "\xc3\xa9 1.6 \xe2\x82\xac"},
};

static const struct {
	const char *price, *ref, *pct, *pct_signed;
} percents[] = {
	{"492", "500", "1.6", "-1.60"},
	{"1", "3", "66.7", "-66.67"},
	{"4", "3", "33.3", "+33.33"},
	{"0.000000001", "9223372036.854775807", "100.0", "-100.00"},
	/* a hair less than 1.55 %: rounding the percent to nine decimals first would make it 1.6 */
	{"8860500000.000000001", "9000000000", "1.5", "-1.55"},
	{"8860500000", "9000000000", "1.6", "-1.55"},
	{"100.005", "100", "0.0", "+0.01"},
	{"100.004999999", "100", "0.0", "0.00"},
	{"99.995", "100", "0.0", "-0.01"},
	{"99.995000001", "100", "0.0", "0.00"},
};

static const struct {
	const char *amount, *text;
} amounts[] = {
	{"492", "492.00"}, {"492.5", "492.50"}, {"0.0985", "0.0985"}, {"492.500001", "492.500001"}, {"0.01", "0.01"},
};

/* clang-format on */

static struct render_values values_of(const struct scene *scene)
{
	static const struct offer ten = {
		.notional = {10 * DECIMAL_ONE}, .cost = {10 * DECIMAL_ONE}};

	return (struct render_values){.rule = &scene->config->rules[0],
		.offer = &ten,
		.symbol = "SPY",
		.price = usd("492"),
		.ref = usd("500"),
		.as_of = at("2026-11-25T14:59:30.123456Z"),
		.expires_at = at("2026-11-25T15:15:00.999999Z")};
}

static void test_texts(void **state)
{
	struct render_values values;
	struct scene scene;
	struct rule *rule;
	size_t i;

	(void)state;
	scene_set(&scene);
	rule = &scene.config->rules[0];
	values = values_of(&scene);
	for (i = 0; i < LENGTH(texts); i++) {
		AUTO(alloc_free) char *text = NULL;

		alloc_free(&rule->question_template);
		rule->question_template = alloc_text(texts[i].template);
		text = render_question(&values);
		want_str(texts[i].name, text, texts[i].text);
	}
	scene_end(&scene);
}

static void test_by_quantity(void **state)
{
	const struct offer half = {.qty = {nano("0.5")}, .cost = {nano("246.01")}};
	AUTO(alloc_free) char *text = NULL;
	struct render_values values;
	struct scene scene;
	struct rule *rule;

	(void)state;
	scene_set(&scene);
	rule = &scene.config->rules[0];
	alloc_free(&rule->question_template);
	rule->question_template = alloc_text("{{qty}} for {{notional}}");
	values = values_of(&scene);
	values.offer = &half;
	values.price = usd("492.005");
	text = render_question(&values);
	want_str("up to the cent", text, "0.5 for 246.01");
	scene_end(&scene);
}

static void test_percents(void **state)
{
	char text[DECIMAL_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(percents); i++) {
		render_pct(usd(percents[i].price), usd(percents[i].ref), text);
		want_str(percents[i].price, text, percents[i].pct);
		render_pct_signed(usd(percents[i].price), usd(percents[i].ref), text);
		want_str(percents[i].price, text, percents[i].pct_signed);
	}
}

static void test_amounts(void **state)
{
	char text[DECIMAL_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(amounts); i++) {
		render_money(nano(amounts[i].amount), text);
		want_str(amounts[i].amount, text, amounts[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_by_quantity),
		cmocka_unit_test(test_percents),
		cmocka_unit_test(test_amounts),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
