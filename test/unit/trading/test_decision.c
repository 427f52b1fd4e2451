/* test_decision.c - to ask or not: each reason, the order of reasons, what a re-ask minds. */
#include "common/trading/decision.h"
#include "test/unit/trading/scene.h"

/* A case that asks, with everything that a row may change. */
struct stage {
	struct scene scene;
	struct rule *rule;
	struct evaluation evaluation;
	struct instance_state state;
	struct guardrails guardrails;
	struct decision_case at;
};

struct row {
	const char *name;
	void (*change)(struct stage *stage);
	const char *now; /* NULL = SCENE_NOW */
	bool ask;
	enum reason reason;
};

static void nothing(struct stage *stage)
{
	(void)stage;
}

static void again(struct stage *stage)
{
	stage->at.again = true;
}

static void again_false(struct stage *stage)
{
	again(stage);
	stage->evaluation.value = TRI_FALSE;
}

static void again_unknown(struct stage *stage)
{
	again(stage);
	stage->evaluation.value = TRI_UNKNOWN;
	stage->evaluation.reason = REASON_STALE;
}

/* All that holds back a fire. */
static void again_cooling(struct stage *stage)
{
	again(stage);
	stage->state.awaiting = true;
	stage->state.has_fired = true;
	stage->state.fires_today = 50;
	stage->state.last_asked_at = at(SCENE_NOW);
	stage->state.last_as_of = stage->evaluation.as_of;
	stage->state.last_decision = BAND_SKIP;
	stage->state.last_answered_at = at(SCENE_NOW);
}

static void again_budget(struct stage *stage)
{
	again(stage);
	stage->state.questions_today = 20;
}

static void again_halted(struct stage *stage)
{
	again(stage);
	stage->state.halt_level = HALT_HALTED;
}

static void false_now(struct stage *stage)
{
	stage->evaluation.value = TRI_FALSE;
}

static void unknown_now(struct stage *stage)
{
	stage->evaluation.value = TRI_UNKNOWN;
	stage->evaluation.reason = REASON_STALE;
}

static void user_off(struct stage *stage)
{
	stage->at.enabled = false;
}

static void document_off(struct stage *stage)
{
	stage->scene.config->enabled = false;
}

static void rule_off(struct stage *stage)
{
	stage->rule->enabled = false;
}

static void halted(struct stage *stage)
{
	stage->state.halt_level = HALT_HALTED;
}

static void reducing(struct stage *stage)
{
	stage->state.halt_level = HALT_REDUCING;
}

static void selling(struct stage *stage)
{
	stage->rule->order.side = SIDE_SELL;
}

static void selling_nothing(struct stage *stage)
{
	selling(stage);
	stage->state.holding = (struct holding){0};
}

static void selling_what_is_taken(struct stage *stage)
{
	selling(stage);
	stage->state.holding.free.nano = nano("0.02"); /* 9.84 USD of the 10 */
}

static void reducing_and_selling(struct stage *stage)
{
	reducing(stage);
	selling(stage);
}

static void notify(struct stage *stage)
{
	stage->rule->action = ACTION_NOTIFY_ONLY;
}

static void halted_and_notify(struct stage *stage)
{
	halted(stage);
	notify(stage);
}

static void live(struct stage *stage)
{
	stage->scene.config->mode = MODE_LIVE;
}

static void live_allowed(struct stage *stage)
{
	live(stage);
	stage->guardrails.live_allowed = true;
}

static void awaiting(struct stage *stage)
{
	stage->state.awaiting = true;
}

/* Fired an hour ago to the second, on the row before this one. */
static void fired(struct stage *stage)
{
	stage->state.has_fired = true;
	stage->state.fires_today = 1;
	stage->state.last_asked_at = at("2026-11-25T14:00:00Z");
	stage->state.last_as_of = at("2026-11-25T13:59:59Z");
}

static void cooling(struct stage *stage)
{
	fired(stage);
	stage->state.last_asked_at.us++;
}

static void same_row(struct stage *stage)
{
	fired(stage);
	stage->state.last_as_of = stage->evaluation.as_of;
}

static void no_cooldown_same_row(struct stage *stage)
{
	same_row(stage);
	stage->rule->tunables.cooldown_seconds = 0;
}

static void skipped(struct stage *stage)
{
	fired(stage);
	stage->state.last_decision = BAND_SKIP;
	stage->state.last_answered_at = at("2026-11-25T14:35:00Z");
}

static void skipped_yesterday(struct stage *stage)
{
	skipped(stage);
	stage->state.last_answered_at = at("2026-11-24T20:00:00Z");
}

static void skipped_for_the_cooldown(struct stage *stage)
{
	skipped(stage);
	stage->rule->tunables.after_skip = AFTER_SKIP_COOLDOWN;
}

static void ambiguous_at_last(struct stage *stage)
{
	skipped(stage);
	stage->state.last_decision = BAND_AMBIGUOUS;
}

static void skipped_four_times(struct stage *stage)
{
	skipped_yesterday(stage);
	stage->state.skips_in_row = 4;
}

static void skipped_five_times(struct stage *stage)
{
	skipped_yesterday(stage);
	stage->state.skips_in_row = 5;
}

static void skipped_for_ever(struct stage *stage)
{
	skipped_five_times(stage);
	stage->rule->tunables.pause_after_skips = 0;
}

static void skipped_and_again(struct stage *stage)
{
	skipped_five_times(stage);
	stage->at.again = true;
}

static void approved(struct stage *stage)
{
	skipped(stage);
	stage->state.last_decision = BAND_APPROVE;
}

static void any_session(struct stage *stage)
{
	stage->rule->tunables.session = SESSION_ANY;
}

/* A limit order that may trade outside regular hours, in a rule that looks at them. */
static void extended(struct stage *stage)
{
	any_session(stage);
	stage->rule->order = (struct rule_order){.type = ORDER_TYPE_LIMIT,
		.extended_hours = true,
		.qty = {nano("0.01")},
		.limit_price = usd("490")};
}

static void extended_allowed(struct stage *stage)
{
	extended(stage);
	stage->guardrails.allow_extended_hours = true;
}

static void extended_selling(struct stage *stage)
{
	extended(stage);
	selling(stage);
}

static void limit_too_large(struct stage *stage)
{
	extended(stage);
	stage->rule->order.extended_hours = false;
	stage->rule->order.qty.nano = nano("1");
	stage->rule->order.limit_price = usd("100.01");
}

static void fired_three_times(struct stage *stage)
{
	fired(stage);
	stage->state.fires_today = 3;
}

static void fired_twice(struct stage *stage)
{
	fired(stage);
	stage->state.fires_today = 2;
}

static void any_session_notify(struct stage *stage)
{
	any_session(stage);
	notify(stage);
}

static void no_calendar(struct stage *stage)
{
	stage->scene.calendar.ndays = 0;
}

static void blocked(struct stage *stage)
{
	static struct symbol list[] = {{"AAPL"}, {"SPY"}};

	stage->guardrails.blocklist = list;
	stage->guardrails.nblocklist = LENGTH(list);
}

static void not_allowed(struct stage *stage)
{
	static struct symbol list[] = {{"AAPL"}};

	stage->guardrails.has_allowlist = true;
	stage->guardrails.allowlist = list;
	stage->guardrails.nallowlist = LENGTH(list);
}

static void enough_orders(struct stage *stage)
{
	stage->state.orders_today = 3;
}

static void enough_orders_selling(struct stage *stage)
{
	enough_orders(stage);
	selling(stage);
}

static void too_large(struct stage *stage)
{
	stage->guardrails.max_notional_per_order = (struct cash){nano("9.99")};
}

static void too_large_for_the_window(struct stage *stage)
{
	stage->guardrails.max_notional_per_4h = (struct cash){nano("9.99")};
}

static void too_large_selling(struct stage *stage)
{
	too_large(stage);
	selling(stage);
}

static void above_the_operators(struct stage *stage)
{
	selling(stage);
	stage->guardrails.has_hard_cap = true;
	stage->guardrails.hard_cap = (struct cash){nano("9.99")};
}

static void too_small(struct stage *stage)
{
	stage->rule->order.notional.nano = 0;
	stage->rule->order.qty.nano = nano("0.002"); /* 98.4 cents */
}

static void just_large_enough(struct stage *stage)
{
	too_small(stage);
	stage->rule->order.qty.nano = nano("0.00205"); /* 1.0086, up to 1.01 */
}

static void by_quantity_too_large(struct stage *stage)
{
	stage->rule->order.notional.nano = 0;
	stage->rule->order.qty.nano = nano("1"); /* 492 USD */
}

static void beyond_counting(struct stage *stage)
{
	stage->rule->order.notional.nano = 0;
	stage->rule->order.qty.nano = nano("1000000000");
}

static void queue_full(struct stage *stage)
{
	stage->state.open_questions = 2;
	stage->at.max_queued = 2;
}

static void own_queue_full(struct stage *stage)
{
	stage->state.open_questions = 5;
}

static void asked_enough(struct stage *stage)
{
	stage->state.questions_today = 20;
}

static void everything(struct stage *stage)
{
	user_off(stage);
	halted(stage);
	awaiting(stage);
	asked_enough(stage);
}

static void held_and_full(struct stage *stage)
{
	awaiting(stage);
	asked_enough(stage);
}

/* clang-format off */
static const struct row rows[] = {
	{"the plan's", nothing, NULL, true, REASON_NONE},
	{"false", false_now, NULL, false, REASON_NONE},
	{"unknown", unknown_now, NULL, false, REASON_STALE},
	{"again", again, NULL, true, REASON_NONE},
	{"again, and no longer true", again_false, NULL, true, REASON_NONE},
	{"again, without a fresh price", again_unknown, NULL, false, REASON_STALE},
	{"again, whatever holds a fire", again_cooling, NULL, true, REASON_NONE},
	{"again counts among the day's questions", again_budget, NULL, false, REASON_QUESTION_BUDGET},
	{"again, halted", again_halted, NULL, false, REASON_HALTED},
	{"again, the market is closed", again, "2026-11-25T22:00:00Z", false, REASON_MARKET_CLOSED},
	{"user off", user_off, NULL, false, REASON_DISABLED},
	{"document off", document_off, NULL, false, REASON_DISABLED},
	{"rule off", rule_off, NULL, false, REASON_DISABLED},
	{"halted", halted, NULL, false, REASON_HALTED},
	{"reducing", reducing, NULL, false, REASON_HALTED},
	{"reducing lets a sale pass", reducing_and_selling, NULL, true, REASON_NONE},
	{"a halt stops orders, not news", halted_and_notify, NULL, true, REASON_NONE},
	{"live", live, NULL, false, REASON_LIVE_NOT_ALLOWED},
	{"live, opened for this person", live_allowed, NULL, true, REASON_NONE},
	{"awaiting", awaiting, NULL, false, REASON_AWAITING},
	{"cooled down to the second", fired, NULL, true, REASON_NONE},
	{"a microsecond to go", cooling, NULL, false, REASON_COOLDOWN},
	{"the row that fired", same_row, NULL, false, REASON_COOLDOWN},
	{"the row that fired, without a cooldown", no_cooldown_same_row, NULL, false, REASON_COOLDOWN},
	{"skipped today", skipped, NULL, false, REASON_COOLDOWN},
	{"skipped yesterday", skipped_yesterday, NULL, true, REASON_NONE},
	{"skipped for the cooldown only", skipped_for_the_cooldown, NULL, true, REASON_NONE},
	{"ambiguous at last is a skip", ambiguous_at_last, NULL, false, REASON_COOLDOWN},
	{"four skips in a row", skipped_four_times, NULL, true, REASON_NONE},
	{"five pause it", skipped_five_times, NULL, false, REASON_PAUSED_BY_SKIPS},
	{"but where nothing does", skipped_for_ever, NULL, true, REASON_NONE},
	{"a re-ask is owed all the same", skipped_and_again, NULL, true, REASON_NONE},
	{"approved is none", approved, NULL, true, REASON_NONE},
	{"fired as often as allowed", fired_three_times, NULL, false, REASON_MAX_FIRES},
	{"once less", fired_twice, NULL, true, REASON_NONE},
	{"an order that could not be sent", any_session, "2026-11-25T22:00:00Z", false, REASON_MARKET_CLOSED},
	{"on the holiday", any_session, "2026-11-26T15:00:00Z", false, REASON_MARKET_CLOSED},
	{"news after hours", any_session_notify, "2026-11-25T22:00:00Z", true, REASON_NONE},
	{"pre-market, not allowed", extended, "2026-11-25T10:00:00Z", false, REASON_MARKET_CLOSED},
	{"pre-market, allowed", extended_allowed, "2026-11-25T10:00:00Z", true, REASON_NONE},
	{"after hours, allowed", extended_allowed, "2026-11-25T23:00:00Z", true, REASON_NONE},
	{"after after hours", extended_allowed, "2026-11-26T01:00:00Z", false, REASON_MARKET_CLOSED},
	{"30 s and the buffer before post_close", extended_allowed, "2026-11-26T00:54:30Z", true, REASON_NONE},
	{"a second later", extended_allowed, "2026-11-26T00:54:31Z", false, REASON_MARKET_CLOSED},
	{"in the session, what the claim would refuse", extended, NULL, false, REASON_ALLOW_EXTENDED_HOURS},
	{"a sale in the session", extended_selling, NULL, true, REASON_NONE},
	{"a sale after hours", extended_selling, "2026-11-25T23:00:00Z", false, REASON_MARKET_CLOSED},
	{"too large at its limit", limit_too_large, NULL, false, REASON_MAX_NOTIONAL_USD_PER_ORDER},
	{"nothing to sell", selling_nothing, NULL, false, REASON_SIZE_TOO_SMALL},
	{"other sales take it", selling_what_is_taken, NULL, false, REASON_SIZE_TOO_SMALL},
	{"no calendar", no_calendar, NULL, false, REASON_NO_CALENDAR},
	{"blocked", blocked, NULL, false, REASON_SYMBOLS_BLOCKLIST},
	{"not allowed", not_allowed, NULL, false, REASON_SYMBOLS_ALLOWLIST},
	{"orders enough", enough_orders, NULL, false, REASON_MAX_ORDERS_PER_DAY},
	{"they do not bind a sale", enough_orders_selling, NULL, true, REASON_NONE},
	{"too large", too_large, NULL, false, REASON_MAX_NOTIONAL_USD_PER_ORDER},
	{"too large for four hours", too_large_for_the_window, NULL, false, REASON_MAX_NOTIONAL_USD_PER_4H},
	{"a sale is not", too_large_selling, NULL, true, REASON_NONE},
	{"but for the operator's cap", above_the_operators, NULL, false, REASON_MAX_NOTIONAL_USD_PER_ORDER},
	{"too small", too_small, NULL, false, REASON_SIZE_TOO_SMALL},
	{"just large enough", just_large_enough, NULL, true, REASON_NONE},
	{"too large by quantity", by_quantity_too_large, NULL, false, REASON_MAX_NOTIONAL_USD_PER_ORDER},
	{"beyond counting", beyond_counting, NULL, false, REASON_MAX_NOTIONAL_USD_PER_ORDER},
	{"the queue is full", queue_full, NULL, false, REASON_QUESTION_BUDGET},
	{"open questions enough", own_queue_full, NULL, false, REASON_QUESTION_BUDGET},
	{"questions today enough", asked_enough, NULL, false, REASON_QUESTION_BUDGET},
	{"off comes first", everything, NULL, false, REASON_DISABLED},
	{"held comes before full", held_and_full, NULL, false, REASON_AWAITING},
	{"five and a half minutes before the close", nothing, "2026-11-25T20:54:30Z", true, REASON_NONE},
	{"a second later", nothing, "2026-11-25T20:54:31Z", false, REASON_MARKET_CLOSED},
};

/* clang-format on */

static void set(struct stage *stage)
{
	scene_set(&stage->scene);
	stage->rule = &stage->scene.config->rules[0];
	stage->evaluation = (struct evaluation){.value = TRI_TRUE,
		.price = usd("492"),
		.ref = usd("500"),
		.as_of = at("2026-11-25T14:59:30Z")};
	stage->state = (struct instance_state){
		.halt_level = HALT_ACTIVE, .holding = {.held = {nano("2")}, .free = {nano("1")}}};
	guardrails_default(&stage->guardrails);
	stage->at = (struct decision_case){.config = stage->scene.config,
		.rule = stage->rule,
		.target = &stage->rule->targets[0],
		.evaluation = &stage->evaluation,
		.state = &stage->state,
		.guardrails = &stage->guardrails,
		.calendar = &stage->scene.calendar,
		.enabled = true,
		.max_queued = 10};
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		struct decision decision;
		struct stage stage;

		set(&stage);
		stage.at.now = at(rows[i].now ? rows[i].now : SCENE_NOW);
		rows[i].change(&stage);
		decision_make(&stage.at, &decision);
		want_str(rows[i].name, reason_name(decision.reason), reason_name(rows[i].reason));
		want_i64(rows[i].name, decision.ask, rows[i].ask);
		scene_end(&stage.scene);
	}
}

/* Without guardrails the defaults hold, never "no limit". */
static void test_no_guardrails(void **state)
{
	struct decision decision;
	struct stage stage;

	(void)state;
	set(&stage);
	stage.at.now = at(SCENE_NOW);
	stage.at.guardrails = NULL;
	decision_make(&stage.at, &decision);
	want_true("ten dollars", decision.ask);
	stage.rule->order.notional.nano = nano("100.01");
	decision_make(&stage.at, &decision);
	want_str("more than 100", reason_name(decision.reason), "MAX_NOTIONAL_USD_PER_ORDER");
	scene_end(&stage.scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_guardrails),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
