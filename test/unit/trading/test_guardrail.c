/* test_guardrail.c - reading what guardrails_in_force() answered. */
#include "common/trading/guardrail.h"
#include "test/unit/trading/data.h"

static int read_text(const char *text, struct guardrails *out)
{
	AUTO(json_free) cJSON *document = data_parse(text, text);
	struct err err;

	return guardrails_read(document, out, &err);
}

static void test_defaults(void **state)
{
	struct guardrails guardrails;

	(void)state;
	want_i64("empty", read_text("{}", &guardrails), 0);
	want_i64("orders", guardrails.max_orders_per_day, 3);
	want_i64("open", guardrails.max_open_questions, 5);
	want_i64("questions", guardrails.max_questions_per_day, 20);
	want_i64("window", guardrails.max_notional_per_4h.nano, 100 * DECIMAL_ONE);
	want_i64("order", guardrails.max_notional_per_order.nano, 100 * DECIMAL_ONE);
	want_true("no list lets all pass", guardrails_allow(&guardrails, "SPY"));
	want_true("no list blocks none", !guardrails_block(&guardrails, "SPY"));
	want_true("live is not opened", !guardrails.live_allowed && !guardrails.has_hard_cap);
	guardrails_done(&guardrails);
}

static void test_values(void **state)
{
	struct guardrails guardrails;

	(void)state;
	want_i64("numbers and strings",
		read_text("{\"max_orders_per_day\":7,\"max_notional_usd_per_4h\":\"250.5\","
			  "\"max_notional_usd_per_order\":null,\"max_open_questions\":0,"
			  "\"symbols_blocklist\":[\"TSLA\"],\"symbols_allowlist\":[\"SPY\"],"
			  "\"hard\":{\"max_notional_usd_per_order\":90,"
			  "\"max_notional_usd_per_4h\":2500,\"live_allowed\":true}}",
			&guardrails),
		0);
	want_i64("orders", guardrails.max_orders_per_day, 7);
	want_i64("open", guardrails.max_open_questions, 0);
	want_i64("window", guardrails.max_notional_per_4h.nano, nano("250.5"));
	want_i64("an order's default is the window's", guardrails.max_notional_per_order.nano,
		nano("250.5"));
	want_true("cap", guardrails.has_hard_cap);
	want_i64("cap", guardrails.hard_cap.nano, 90 * DECIMAL_ONE);
	want_true("live", guardrails.live_allowed);
	want_true("blocked", guardrails_block(&guardrails, "TSLA"));
	want_true("allowed", guardrails_allow(&guardrails, "SPY"));
	want_true("not allowed", !guardrails_allow(&guardrails, "TSLA"));
	guardrails_done(&guardrails);
}

/* An empty allowlist allows nothing: it is the intersection of two that have nothing in common. */
static void test_empty_allowlist(void **state)
{
	struct guardrails guardrails;

	(void)state;
	want_i64("read", read_text("{\"symbols_allowlist\":[]}", &guardrails), 0);
	want_true("nothing", !guardrails_allow(&guardrails, "SPY"));
	guardrails_done(&guardrails);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"[]",
		"{\"max_orders_per_day\":1.5}",
		"{\"max_orders_per_day\":-1}",
		"{\"max_orders_per_day\":true}",
		"{\"max_notional_usd_per_4h\":\"x\"}",
		"{\"symbols_blocklist\":{}}",
		"{\"symbols_blocklist\":[\"SPY\",7]}",
		"{\"symbols_blocklist\":[\"SPY\"],\"symbols_allowlist\":[7]}",
		"{\"hard\":{\"live_allowed\":1}}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(texts); i++) {
		struct guardrails guardrails = {.max_orders_per_day = 77};

		want_true(texts[i], read_text(texts[i], &guardrails) < 0);
		want_i64(texts[i], guardrails.max_orders_per_day, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_empty_allowlist),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
