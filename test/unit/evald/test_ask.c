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

static void test_notices(void **state)
{
	static const struct {
		const char *state, *reason, *detail, *text;
	} cases[] = {
		{"rejected", NULL, "{\"message\": \"insufficient buying power\"}",
			"The broker refused your SPY order: insufficient buying power."},
		{"blocked", "HALTED", NULL, "Your SPY order was not sent: trading is halted."},
		{"blocked", "HALTED", "{\"other\": 1}",
			"Your SPY order was not sent: trading is halted."},
		{"blocked", "HALTED", "no JSON", "Your SPY order was not sent: trading is halted."},
		{"expired", "NOT_A_CODE", NULL,
			"Your yes to the SPY order ran out before it could be sent."},
		{"unresolved", NULL, NULL,
			"Your SPY order is not confirmed, and the broker does not show it; we keep "
			"looking."},
		{"canceled", NULL, NULL, "Your SPY order was canceled."},
		{"quarantined", NULL, NULL, "Your SPY order needs a look by the operator."},
		{"odd", NULL, NULL, "Your SPY order is now odd."},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct notice_due due = {wall("2026-11-25T15:01:00Z"), "anna", "order-1",
			cases[i].state, "dip", "SPY", cases[i].reason, cases[i].detail};
		struct uuid id;
		AUTO(json_free) cJSON *ask = notice_of_order(&due, &id);

		if (cases[i].text != NULL)
			want_str(cases[i].state, json_text(ask, "question_text"), cases[i].text);
		want_true(cases[i].state,
			uuid_same(id, notice_id("anna", "order-1", cases[i].state)));
		want_str(cases[i].state, json_text(ask, "kind"), "notice");
		want_str(cases[i].state, json_text(ask, "pipeline_step"), "dip:notice");
		want_str(cases[i].state, json_text(ask, "expires_at"), "2026-12-02T15:01:00Z");
		want_str(cases[i].state, json_text(json_member(ask, "metadata"), "state"),
			cases[i].state);
		want_str(cases[i].state, json_text(json_member(ask, "metadata"), "subject"),
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
