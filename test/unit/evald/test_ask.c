/* Follow-ups and notices: ask.h, notice.h. */
#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/trading/question_id.h"
#include "evald/ask.h"
#include "evald/notice.h"
#include "test/unit/unit.h"

static struct wall wall(const char *text)
{
	struct wall at = {0};
	int r = wall_parse(text, &at);

	must(r == 0);
	return at;
}

static struct owed owed(void)
{
	struct owed row = {
		.uid = "anna",
		.rule_id = "dip",
		.symbol = "SPY",
		.asset_class = "us_equity",
		.now = wall("2026-11-25T15:01:00Z"),
		.as_of = wall("2026-11-25T15:00:00Z"),
		.expires_at = wall("2026-11-25T15:15:01Z"),
		.attempt = 1,
		.question_text = "SPY is down 1.6% vs yesterday.",
		.source_tag = "trading:rule:dip",
		.config_version = 7,
		.mode = "paper",
		.broker_account = "paper",
		.metadata = "{\"facts\": {\"price\": \"492\"}, \"facts_digest\": \"ab\"}",
		.proposal = "{\"side\": \"buy\", \"tunables\": {\"approve_min\": 7.50}}",
	};

	row.chain_id = question_id(row.uid, row.rule_id, row.symbol, row.as_of, 1);
	row.question_id = row.chain_id;
	return row;
}

static void test_follow_up(void **state)
{
	struct owed row = owed();
	cJSON *ask = NULL;
	struct uuid id;
	struct err err;

	(void)state;
	assert_int_equal(ask_follow_up(&row, &ask, &id, &err), 0);
	AUTO(json_free) cJSON *held = ask;
	want_true("an id of its own", !uuid_same(id, row.chain_id));
	want_true("the attempt's id",
		uuid_same(id, question_id(row.uid, row.rule_id, row.symbol, row.as_of, 2)));
	want_str("text", json_text(held, "question_text"),
		"Please decide: SPY is down 1.6% vs yesterday.");
	want_str("kind", json_text(held, "kind"), "follow_up");
	want_str("attempt", json_decimal(held, "attempt"), "2");
	want_str("shares the expiry", json_text(held, "expires_at"), "2026-11-25T15:15:01Z");
	want_str("step", json_text(held, "pipeline_step"), "dip:await_confirm");
	want_true("no template", json_member(held, "template_version") == NULL);

	/* What binds the yes goes on as it was stored, digit by digit. */
	AUTO(alloc_free) char *proposal = json_print(json_member(held, "proposal"));
	want_str("proposal", proposal, "{\"side\":\"buy\",\"tunables\":{\"approve_min\":7.50}}");
	AUTO(alloc_free) char *metadata = json_print(json_member(held, "metadata"));
	want_str("metadata", metadata, "{\"facts\":{\"price\":\"492\"},\"facts_digest\":\"ab\"}");
}

static void test_no_follow_up(void **state)
{
	struct owed row = owed();
	cJSON *ask = NULL;
	struct uuid id;
	struct err err;

	(void)state;
	row.metadata = "{";
	want_true("broken metadata", ask_follow_up(&row, &ask, &id, &err) < 0);
	row = owed();
	row.proposal = "nothing";
	want_true("broken proposal", ask_follow_up(&row, &ask, &id, &err) < 0);
	want_true("nothing made", ask == NULL);

	row = owed();
	row.proposal = NULL;
	assert_int_equal(ask_follow_up(&row, &ask, &id, &err), 0);
	want_true("a question without an order", json_member(ask, "proposal") == NULL);
	json_free(&ask);
}

/* clang-format off */
static const struct {
	const char *state, *reason, *detail, *filled, *text;
} endings[] = {
	{"rejected", "BROKER_REFUSED", "{\"message\": \"insufficient buying power\"}", "0",
		"The broker refused your SPY order: insufficient buying power. There is not enough free money on the account: add money, or order less."},
	{"rejected", "BROKER_REFUSED", "{\"message\": \"potential wash trade detected. use complex orders\"}", "0",
		"The broker refused your SPY order: potential wash trade detected. use complex orders. Another open order on this account would trade with it: wait until that one is filled, or cancel it."},
	{"rejected", "BROKER_REFUSED", "{\"message\": \"insufficient qty available for order (requested: 2, available: 1)\"}", "0",
		"The broker refused your SPY order: insufficient qty available for order (requested: 2, available: 1). At the broker these shares are held for other open orders, or are gone: cancel those orders, or compare the position."},
	{"rejected", "BROKER_REFUSED", "{\"message\": \"asset \\\"SPY\\\" is not fractionable\"}", "0",
		"The broker refused your SPY order: asset \"SPY\" is not fractionable. It is traded in whole shares only: give the rule a whole qty."},
	{"rejected", "BROKER_REFUSED", "{\"message\": \"the moon is full\"}", "0", "The broker refused your SPY order: the moon is full. Nothing was ordered."},
	{"rejected", "BROKER_REFUSED", NULL, "0", "The broker refused your SPY order. Nothing was ordered."},
	{"rejected", NULL, NULL, "0", "The broker refused your SPY order. Nothing was ordered."},
	{"rejected", "BROKER_SUSPENDED", "{\"message\": \"new orders are rejected by user request\"}", "0",
		"The broker refused your SPY order: new orders are rejected by user request. Trading is suspended in the account's own settings at the broker and is resumed there; until then nothing is sent."},
	{"rejected", "BROKER_CREDENTIALS", "{\"message\": \"request is not authorized\"}", "0",
		"The broker refused your SPY order: request is not authorized. It does not take the server's keys any more: the operator must look, and nothing is sent until then."},
	{"rejected", "BROKER_REJECTED", "{\"broker\": {}}", "0.5",
		"The broker took your SPY order and rejected it later. Until then 0.5 SPY was bought. The broker's own pages say why."},
	{"blocked", "HALTED", "{\"other\": 1}", "0", "Your SPY order was not sent: trading is halted. Nothing was ordered. It goes on when whoever halted it resumes it."},
	{"blocked", "HALTED", "no JSON", "0", "Your SPY order was not sent: trading is halted. Nothing was ordered. It goes on when whoever halted it resumes it."},
	{"blocked", "MARKET_CLOSED", NULL, "0", "Your SPY order was not sent: the market is closed, or closes too soon. Nothing was ordered. The rule may ask again when the market is open."},
	{"blocked", "DRIFT", NULL, "0", "Your SPY order was not sent: the price moved too far since the question, or no fresh price was there. Nothing was ordered. The rule may ask again later."},
	{"blocked", "MAX_ORDERS_PER_DAY", NULL, "0", "Your SPY order was not sent: as many orders today as the limit allows. Nothing was ordered. The limit is one of your guardrails, or the operator's."},
	{"blocked", "SIZE_TOO_SMALL", NULL, "0", "Your SPY order was not sent: you hold less than it would sell, or other open sales take it. Nothing was ordered."},
	{"blocked", "BAD_ORDER", "{\"message\": \"notional is finer than cents\"}", "0",
		"Your SPY order was not sent: notional is finer than cents. Nothing was ordered. Its rule asks for what no broker takes: please change it."},
	{"blocked", "DISABLED", NULL, "0", "Your SPY order was not sent: the rule, its symbol or its user is switched off. Nothing was ordered."},
	{"expired", "EXPIRED", NULL, "0", "Your yes to the SPY order ran out before it could be sent. Nothing was ordered. The rule may ask again."},
	{"expired", "BROKER_EXPIRED", NULL, "0.25", "Your SPY order expired at the broker. Until then 0.25 SPY was bought. Its time was over before its price came."},
	{"unresolved", NULL, NULL, "0",
		"Your SPY order is not confirmed, and the broker does not show it; we keep looking. Its amount stays counted. Look at the broker before you order the same by hand; the operator can close it."},
	{"canceled", "BROKER_CANCELED", NULL, "0", "Your SPY order was canceled at the broker. The broker's own pages say why."},
	{"canceled", NULL, NULL, "0", "Your SPY order was canceled."},
	{"quarantined", "QUARANTINED", NULL, "0",
		"Your SPY order needs a look by the operator. The broker shows something else under its number; nothing is sent until the operator has looked."},
	{"odd", NULL, NULL, "0", "Your SPY order is now odd."},
};

/* clang-format on */

static void test_notices(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(endings); i++) {
		const struct notice_due due = {wall("2026-11-25T15:01:00Z"), "anna", "order-1",
			endings[i].state, "dip", "SPY", endings[i].reason, endings[i].detail, "buy",
			endings[i].filled};
		struct uuid id;
		AUTO(json_free) cJSON *ask = notice_of_order(&due, &id);

		want_str(endings[i].state, json_text(ask, "question_text"), endings[i].text);
		want_true(endings[i].state,
			uuid_same(id, notice_id("anna", "order-1", endings[i].state)));
		want_str(endings[i].state, json_text(ask, "kind"), "notice");
		want_str(endings[i].state, json_text(ask, "pipeline_step"), "dip:notice");
		want_str(endings[i].state, json_text(ask, "expires_at"), "2026-12-02T15:01:00Z");
		want_str(endings[i].state, json_text(json_member(ask, "metadata"), "state"),
			endings[i].state);
		want_str(endings[i].state, json_text(json_member(ask, "metadata"), "subject"),
			"order-1");
	}
}

static void test_notice_of_config(void **state)
{
	struct config_report report = {0};
	struct uuid id;

	(void)state;
	config_report_add(&report, CONFIG_UNKNOWN_FIELD, "/rulez", "no such field");
	AUTO(json_free)
	cJSON *ask = notice_of_config("anna", (struct person_stamp){7, 3, true}, &report, &id);
	notice_date(ask, wall("2026-11-25T15:01:00Z"));
	want_str("text", json_text(ask, "question_text"),
		"Your trading rules are switched off: the stored configuration is not valid "
		"(UNKNOWN_FIELD at /rulez: no such field).");
	want_true("one a version", uuid_same(id, notice_id("anna", "config:7:3", "unusable")));
	want_str("tag", json_text(ask, "source_tag"), "trading:config");
	want_str("created", json_text(ask, "created_at"), "2026-11-25T15:01:00Z");
	config_report_done(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_follow_up),
		cmocka_unit_test(test_no_follow_up),
		cmocka_unit_test(test_notices),
		cmocka_unit_test(test_notice_of_config),
	};

	return cmocka_run_group_tests_name("evald/ask", tests, NULL, NULL);
}
