/* test_facts.c - what a yes is bound to: exact text, exact digest, exact ids. */
#include "common/trading/facts.h"
#include "common/trading/question_id.h"
#include "test/unit/trading/scene.h"

static struct facts_values values_of(const struct scene *scene)
{
	static const struct offer ten = {
		.notional = {10 * DECIMAL_ONE}, .cost = {10 * DECIMAL_ONE}};

	return (struct facts_values){.rule = &scene->config->rules[0],
		.offer = &ten,
		.symbol = "SPY",
		.mode = MODE_PAPER,
		.price = usd("492"),
		.as_of = at("2026-11-25T14:59:30.5Z"),
		.now = at("2026-11-25T15:00:00Z"),
		.expires_at = at("2026-11-25T15:15:00Z")};
}

static void want_facts(const char *name, const struct facts_values *values, const char *want)
{
	AUTO(json_free) cJSON *facts = facts_new(values);
	AUTO(alloc_free) char *text = json_print_canonical(facts);

	want_str(name, text, want);
}

static void test_facts(void **state)
{
	const struct offer third = {.qty = {nano("0.333333333")}, .cost = {nano("164")}};
	const struct offer limit = {.side = SIDE_SELL,
		.type = ORDER_TYPE_LIMIT,
		.time_in_force = TIF_GTC,
		.extended_hours = true,
		.qty = {nano("2")},
		.limit_price = usd("501.5"),
		.cost = {nano("1003")}};
	struct facts_values values;
	struct scene scene;

	(void)state;
	scene_set(&scene);
	values = values_of(&scene);
	want_facts("by notional", &values,
		"{\"estimated_cost_usd\":\"10\",\"expires_at\":\"2026-11-25T15:15:00Z\","
		"\"mode\":\"paper\",\"notional_usd\":\"10\",\"price\":\"492\","
		"\"price_age_seconds\":29,\"side\":\"buy\",\"symbol\":\"SPY\"}");

	values.offer = &third;
	values.mode = MODE_LIVE;
	values.as_of = at("2026-11-25T15:00:01Z");
	want_facts("by quantity, live, a row ahead of the clock", &values,
		"{\"estimated_cost_usd\":\"164\",\"expires_at\":\"2026-11-25T15:15:00Z\","
		"\"mode\":\"live\",\"price\":\"492\",\"price_age_seconds\":0,"
		"\"qty\":\"0.333333333\",\"side\":\"buy\",\"symbol\":\"SPY\"}");

	values.offer = &limit;
	want_facts("a limit for more than the day", &values,
		"{\"estimated_cost_usd\":\"1003\",\"expires_at\":\"2026-11-25T15:15:00Z\","
		"\"extended_hours\":true,\"limit_price\":\"501.5\",\"mode\":\"live\","
		"\"order_type\":\"limit\",\"price\":\"492\",\"price_age_seconds\":0,"
		"\"qty\":\"2\",\"side\":\"sell\",\"symbol\":\"SPY\","
		"\"time_in_force\":\"gtc\"}");

	values.offer = NULL;
	want_facts("without an order", &values,
		"{\"expires_at\":\"2026-11-25T15:15:00Z\",\"mode\":\"live\",\"price\":\"492\","
		"\"price_age_seconds\":0,\"symbol\":\"SPY\"}");
	scene_end(&scene);
}

/* The first text above through sha256sum(1). */
static void test_digest(void **state)
{
	struct facts_values values;
	char digest[DIGEST_TEXT];
	struct scene scene;
	cJSON *facts;

	(void)state;
	scene_set(&scene);
	values = values_of(&scene);
	facts = facts_new(&values);
	facts_digest(facts, digest);
	want_str("digest", digest,
		"8bbac27bbc74f17ddde1e9a8d739bcc667dc418d64d41ac0cb7e156583bf150a");
	json_free(&facts);
	scene_end(&scene);
}

static void test_metadata(void **state)
{
	AUTO(json_free) cJSON *metadata = NULL;
	AUTO(alloc_free) char *evidence = NULL;
	struct evaluation evaluation;
	struct facts_values values;
	struct scene scene;
	struct rule *rule;

	(void)state;
	scene_set(&scene);
	rule = &scene.config->rules[0];
	rule_evaluate(rule, &rule->targets[0], &scene.market, &scene.calendar, at(SCENE_NOW),
		&evaluation);
	values = values_of(&scene);
	metadata = facts_metadata(&values, &evaluation);
	evidence = json_print(json_member(metadata, "evidence"));
	want_str("evidence", evidence,
		"[{\"id\":\"100\",\"symbol\":\"SPY\",\"metric\":\"last_trade\",\"price\":\"492\","
		"\"as_of\":\"2026-11-25T14:59:30Z\"},"
		"{\"id\":\"104\",\"symbol\":\"SPY\",\"metric\":\"prev_close\",\"price\":\"500\","
		"\"as_of\":\"2026-11-24T21:00:00Z\"}]");
	want_i64("three parts", cJSON_GetArraySize(metadata), 3);
	want_i64("hex", strlen(json_text(metadata, "facts_digest")), 64);
	scene_end(&scene);
}

/* uuid5 of the fields joined by U+001F in the project's namespace: the same fields, the same id. */
static void test_ids(void **state)
{
	struct wall as_of = at("2026-11-25T14:59:30.123456Z");
	const char *fields[] = {"u", "r", "SPY", "1795618770123456", "1"};
	const char *notice[] = {"u", "notice", "order", "rejected"};
	struct uuid id = question_id("u", "r", "SPY", as_of, 1);

	(void)state;
	want_true("fields", uuid_same(id, uuid_of_name(fields, LENGTH(fields))));
	want_true("attempt", !uuid_same(id, question_id("u", "r", "SPY", as_of, 2)));
	as_of.us++;
	want_true("as_of", !uuid_same(id, question_id("u", "r", "SPY", as_of, 1)));
	want_true("notice", uuid_same(notice_id("u", "order", "rejected"),
				    uuid_of_name(notice, LENGTH(notice))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_metadata),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
