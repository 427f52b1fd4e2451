/* test_check.c - the validator: each code at its pointer, several at once, warnings, templates. */
#include "test/unit/trading/document.h"

struct change {
	const char *name;
	const char *at;
	const char *put;  /* JSON text; NULL removes */
	const char *code; /* NULL: valid */
	const char *path; /* where it is named; NULL: at `at` */
};

#define RULE "/rules/0"
#define INPUT "/data_inputs/0"
#define ACTION RULE "/on_answer_match"
#define ORDER(side, rest) ACTION, "{\"action\":\"propose_order\",\"side\":\"" side "\"," rest "}"
#define BTC                                                                                        \
	"[{\"id\":\"c\",\"asset_class\":\"crypto\",\"symbols\":[\"BTC/USD\"]},"                    \
	"{\"id\":\"e\",\"symbols\":[\"SPY\"]}]"

/* clang-format off */
static const struct change changes[] = {
	/* structure */
	{"a number no double holds", RULE "/threshold_pct", "-1.500000001", NULL, NULL},
	{"ten fraction digits", RULE "/threshold_pct", "-1.5000000000", "NUMBER_PRECISION", NULL},
	{"an exponent", RULE "/threshold_pct", "-15e-1", "NUMBER_PRECISION", NULL},
	{"a huge number", RULE "/cooldown_seconds", "99999999999999999999", "OUT_OF_RANGE", NULL},
	{"below its range", RULE "/question_ttl_seconds", "29", "OUT_OF_RANGE", NULL},
	{"at its range", RULE "/question_ttl_seconds", "30", NULL, NULL},
	{"half a second", RULE "/question_ttl_seconds", "30.5", "BAD_VALUE", NULL},
	{"a whole number with a point", RULE "/question_ttl_seconds", "30.0", NULL, NULL},
	{"open end: zero", RULE "/approve_min", "0", "OUT_OF_RANGE", NULL},
	{"open end: just above", RULE "/approve_min", "0.000000001", NULL, NULL},
	{"open end: skip", RULE "/skip_max", "0", "OUT_OF_RANGE", NULL},
	{"no bool", "/enabled", "1", "BAD_TYPE", NULL},
	{"no list", "/rules", "{}", "BAD_TYPE", NULL},
	{"no object", RULE, "7", "BAD_TYPE", NULL},
	{"no object either", "/defaults", "[]", "BAD_TYPE", NULL},
	{"an unknown mode", "/mode", "\"paper \"", "BAD_VALUE", NULL},
	{"a limit as a string", "/guardrails/max_orders_per_day", "\"3\"", "BAD_TYPE", NULL},
	{"null inside guardrails", "/guardrails/max_orders_per_day", "null", "BAD_VALUE", NULL},
	{"a limit out of range", "/guardrails/max_orders_per_day", "10001", "OUT_OF_RANGE", NULL},
	{"a negative amount", "/guardrails/max_notional_usd_per_4h", "-1", "OUT_OF_RANGE", NULL},
	{"a comment in guardrails", "/guardrails/x_why", "null", NULL, NULL},
	{"a comment in a rule", RULE "/x_why", "{\"any\":[1]}", NULL, NULL},
	{"an unknown tunable", "/defaults", "{\"cooldown_second\":1}", "UNKNOWN_FIELD", "/defaults/cooldown_second"},
	{"an id too long", RULE "/id", "\"a1234567890123456789012345678901234567890\"", "BAD_FORMAT", NULL},
	{"the longest id", RULE "/id", "\"a123456789012345678901234567890123456789\"", NULL, NULL},
	{"a symbol in lower case", INPUT "/symbols", "[\"SPY\",\"aapl\"]", "BAD_FORMAT", INPUT "/symbols/1"},
	{"a symbol twice", INPUT "/symbols", "[\"SPY\",\"SPY\"]", "BAD_VALUE", INPUT "/symbols/1"},
	{"the same id twice", "/data_inputs", "[{\"id\":\"a\",\"symbols\":[\"SPY\"]},{\"id\":\"a\",\"symbols\":[\"SPY\"]}]", "DUPLICATE_ID", "/data_inputs/1/id"},
	{"no version", "/version", NULL, "MISSING_FIELD", NULL},
	{"no inputs' id", INPUT "/id", NULL, "MISSING_FIELD", NULL},
	{"no action", ACTION, NULL, "MISSING_FIELD", NULL},
	{"no word for it", ACTION "/action", NULL, "MISSING_FIELD", NULL},
	{"no side", ACTION "/side", NULL, "MISSING_FIELD", NULL},
	/* not built: refused by name */
	{"stream", INPUT "/transport", "\"stream\"", "BAD_VALUE", NULL},
	{"poll", INPUT "/transport", "\"poll\"", NULL, NULL},
	{"history", INPUT "/history", "[{\"timeframe\":\"1Day\",\"bars\":20}]", "BAD_VALUE", NULL},
	{"no history", INPUT "/history", "[]", NULL, NULL},
	{"rsi", RULE "/type", "\"rsi\"", "BAD_VALUE", NULL},
	{"an unknown type", RULE "/type", "\"moon\"", "BAD_VALUE", NULL},
	{"position_avg_entry", RULE "/ref_metric", "\"position_avg_entry\"", "BAD_VALUE", NULL},
	{"cross", RULE "/trigger", "\"cross\"", "BAD_VALUE", NULL},
	{"level", RULE "/trigger", "\"level\"", NULL, NULL},
	{"confirm", "/defaults", "{\"confirm_evals\":2}", "BAD_VALUE", "/defaults/confirm_evals"},
	{"the defaults spelt out", "/defaults", "{\"confirm_evals\":1,\"rearm_pct\":0,\"priority\":50,\"max_reasks\":2,\"on_drift\":\"reask\",\"pause_after_skips\":5}", NULL, NULL},
	{"no reask", RULE "/on_drift", "\"cancel\"", NULL, NULL},
	{"an unknown way out of drift", RULE "/on_drift", "\"buy\"", "BAD_VALUE", NULL},
	{"five reasks", RULE "/max_reasks", "5", NULL, NULL},
	{"six", RULE "/max_reasks", "6", "OUT_OF_RANGE", NULL},
	{"no pause", RULE "/pause_after_skips", "0", NULL, NULL},
	{"the latest pause", RULE "/pause_after_skips", "50", NULL, NULL},
	{"no such pause", RULE "/pause_after_skips", "51", "OUT_OF_RANGE", NULL},
	{"window", RULE "/not_before", "\"10:00\"", "BAD_VALUE", NULL},
	{"children", RULE "/conditions", "[{}]", "BAD_VALUE", NULL},
	{"a position's placeholder", RULE "/question_template", "\"{{position_qty}}\"", "BAD_VALUE", NULL},
	/* inputs */
	{"31 symbols", INPUT "/symbols", "[\"SPY\",\"A1\",\"A2\",\"A3\",\"A4\",\"A5\",\"A6\",\"A7\",\"A8\",\"A9\",\"B0\",\"B1\",\"B2\",\"B3\",\"B4\",\"B5\",\"B6\",\"B7\",\"B8\",\"B9\",\"C0\",\"C1\",\"C2\",\"C3\",\"C4\",\"C5\",\"C6\",\"C7\",\"C8\",\"C9\",\"D0\"]", "SYMBOL_CAP_EXCEEDED", NULL},
	{"no symbols", INPUT "/symbols", "[]", "OUT_OF_RANGE", NULL},
	{"a pair among stocks", INPUT "/symbols", "[\"SPY\",\"BTC/USD\"]", "SYMBOL_NOT_OF_ASSET_CLASS", INPUT "/symbols/1"},
	{"a stock among pairs", INPUT "/asset_class", "\"crypto\"", "SYMBOL_NOT_OF_ASSET_CLASS", INPUT "/symbols/0"},
	{"crypto's feed for stocks", INPUT "/feed", "\"us\"", "FEED_NOT_FOR_ASSET_CLASS", NULL},
	{"sip", INPUT "/feed", "\"sip\"", NULL, NULL},
	{"staler than a poll", INPUT "/max_staleness_seconds", "59", "STALENESS_BELOW_POLL", NULL},
	{"as stale as a poll", INPUT "/max_staleness_seconds", "60", NULL, NULL},
	{"a rule staler than a poll", RULE "/max_staleness_seconds", "59", "STALENESS_BELOW_POLL", NULL},
	{"the document staler than a poll", "/max_staleness_seconds", "59", "STALENESS_BELOW_POLL", INPUT "/poll_interval_seconds"},
	{"a metric twice", INPUT "/metrics", "[\"last_trade\",\"last_trade\",\"prev_close\"]", "BAD_VALUE", INPUT "/metrics/1"},
	/* rules */
	{"no symbol", RULE "/symbol", NULL, "SYMBOL_MISSING", NULL},
	{"symbol and symbols", RULE "/symbols", "[\"AAPL\"]", "SYMBOL_CONFLICT", NULL},
	{"a minute bar that nobody collects", RULE "/price_metric", "\"minute_bar_close\"", "METRIC_NOT_COLLECTED", NULL},
	{"the day's open is in the daily bar", RULE "/ref_metric", "\"day_open\"", NULL, NULL},
	{"above", RULE "/type", "\"price_above_pct_of_ref\"", NULL, NULL},
	{"no question", RULE "/question_template", NULL, "QUESTION_TEMPLATE_MISSING", NULL},
	{"an empty question", RULE "/question_template", "\"\"", "QUESTION_TEMPLATE_MISSING", NULL},
	{"an open brace", RULE "/question_template", "\"buy {{symbol \"", "UNKNOWN_PLACEHOLDER", NULL},
	{"every placeholder", RULE "/question_template", "\"{{symbol}} {{ price }} {{pct}} {{pct_signed}} {{ref}} {{threshold}} {{side}} {{notional}} {{qty}} {{asof}} {{expires}} {{rule}}\"", NULL, NULL},
	/* actions */
	{"no size", ACTION "/notional_usd", NULL, "SIZING_MISSING", ACTION},
	{"one dollar", ACTION "/notional_usd", "1.00", NULL, NULL},
	{"99 cents", ACTION "/notional_usd", "0.99", "NOTIONAL_BELOW_MIN", NULL},
	{"until canceled, by notional", ACTION "/time_in_force", "\"gtc\"", "NOTIONAL_REQUIRES_MARKET_DAY", ACTION "/notional_usd"},
	{"part of a share until canceled", ACTION, "{\"action\":\"propose_order\",\"side\":\"buy\",\"qty\":0.5,\"time_in_force\":\"gtc\"}", "FRACTIONAL_REQUIRES_DAY", ACTION "/time_in_force"},
	{"shares until canceled", ACTION, "{\"action\":\"propose_order\",\"side\":\"buy\",\"qty\":2,\"time_in_force\":\"gtc\"}", NULL, NULL},
	{"at once or not at all", ACTION, "{\"action\":\"propose_order\",\"side\":\"buy\",\"qty\":2,\"time_in_force\":\"ioc\"}", "TIF_NOT_SUPPORTED", ACTION "/time_in_force"},
	{"part of a share with a limit", ORDER("buy", "\"qty\":0.5,\"order_type\":\"limit\",\"limit_price\":10"), NULL, NULL},
	{"limit order", ORDER("buy", "\"qty\":1,\"order_type\":\"limit\",\"limit_price\":10"), NULL, NULL},
	{"a limit off the price", ORDER("sell", "\"qty\":1,\"order_type\":\"limit\",\"limit_offset_pct\":-0.25"), NULL, NULL},
	{"a limit at the price", ORDER("sell", "\"qty\":1,\"order_type\":\"limit\",\"limit_offset_pct\":0"), NULL, NULL},
	{"a limit of nothing", ORDER("buy", "\"qty\":1,\"order_type\":\"limit\",\"limit_offset_pct\":-100"), "OUT_OF_RANGE", ACTION "/limit_offset_pct"},
	{"price and offset", ORDER("buy", "\"qty\":1,\"order_type\":\"limit\",\"limit_price\":10,\"limit_offset_pct\":1"), "BAD_VALUE", ACTION "/limit_offset_pct"},
	{"an offset without a limit", ORDER("buy", "\"qty\":1,\"limit_offset_pct\":1"), "BAD_VALUE", ACTION "/limit_offset_pct"},
	{"a limit until canceled", ORDER("buy", "\"qty\":1,\"order_type\":\"limit\",\"limit_price\":10,\"time_in_force\":\"gtc\""), NULL, NULL},
	{"four decimals below a dollar", ORDER("buy", "\"qty\":9,\"order_type\":\"limit\",\"limit_price\":0.1234"), NULL, NULL},
	{"five of them", ORDER("buy", "\"qty\":9,\"order_type\":\"limit\",\"limit_price\":0.12345"), "SUBPENNY_PRICE", ACTION "/limit_price"},
	{"outside hours with a limit", ORDER("buy", "\"qty\":1,\"order_type\":\"limit\",\"limit_price\":10,\"extended_hours\":true"), NULL, NULL},
	{"a limit by notional", ORDER("buy", "\"notional_usd\":10,\"order_type\":\"limit\",\"limit_price\":10"), "NOTIONAL_REQUIRES_MARKET_DAY", ACTION "/notional_usd"},
	{"a stop", ORDER("buy", "\"qty\":1,\"order_type\":\"stop\""), "ORDER_TYPE_NOT_SUPPORTED", ACTION "/order_type"},
	{"at the close", ORDER("buy", "\"qty\":1,\"time_in_force\":\"cls\""), "TIF_NOT_SUPPORTED", ACTION "/time_in_force"},
	{"quantity at its limit, at the guardrail", ORDER("buy", "\"qty\":10,\"order_type\":\"limit\",\"limit_price\":10"), NULL, NULL},
	{"above the guardrail", ORDER("buy", "\"qty\":10,\"order_type\":\"limit\",\"limit_price\":10.01"), "ORDER_EXCEEDS_GUARDRAIL", ACTION "/qty"},
	{"a sale above the guardrail", ORDER("sell", "\"qty\":10,\"order_type\":\"limit\",\"limit_price\":10.01"), NULL, NULL},
	{"a sale above the operator's cap", ORDER("sell", "\"qty\":10,\"order_type\":\"limit\",\"limit_price\":250.01"), "HARD_CAP_EXCEEDED", ACTION "/qty"},
	{"more than can be counted", ORDER("buy", "\"qty\":1000000000,\"order_type\":\"limit\",\"limit_price\":1000000000"), "ORDER_EXCEEDS_GUARDRAIL", ACTION "/qty"},
	{"ten decimals", ORDER("buy", "\"qty\":0.0000000001"), "NUMBER_PRECISION", ACTION "/qty"},
	{"nine decimals", ORDER("buy", "\"qty\":0.000000001"), NULL, NULL},
	{"part of a position", ORDER("sell", "\"pct_of_position\":50"), NULL, NULL},
	{"all of it", ORDER("sell", "\"pct_of_position\":100"), NULL, NULL},
	{"more than all", ORDER("sell", "\"pct_of_position\":100.000000001"), "OUT_OF_RANGE", ACTION "/pct_of_position"},
	{"none of it", ORDER("sell", "\"pct_of_position\":0"), "OUT_OF_RANGE", ACTION "/pct_of_position"},
	{"part of a position to buy", ORDER("buy", "\"pct_of_position\":50"), "BAD_VALUE", ACTION "/pct_of_position"},
	{"part of a position and a quantity", ORDER("sell", "\"pct_of_position\":50,\"qty\":1"), "SIZING_CONFLICT", ACTION},
	{"part of a position until canceled: whole shares of it", ORDER("sell", "\"pct_of_position\":50,\"time_in_force\":\"gtc\""), NULL, NULL},
	{"half a cent", ACTION, "{\"action\":\"propose_order\",\"side\":\"buy\",\"qty\":1,\"order_type\":\"limit\",\"limit_price\":10.005}", "SUBPENNY_PRICE", ACTION "/limit_price"},
	{"a price without a limit", ACTION "/limit_price", "10", "BAD_VALUE", NULL},
	{"outside hours", ACTION "/extended_hours", "true", "EXTENDED_HOURS_REQUIRES_LIMIT", NULL},
	{"inside hours", ACTION "/extended_hours", "false", NULL, NULL},
	{"at the limit", ACTION "/notional_usd", "100", NULL, NULL},
	{"above the limit", ACTION "/notional_usd", "100.01", "ORDER_EXCEEDS_GUARDRAIL", NULL},
	{"above the operator's", ACTION "/notional_usd", "2500.01", "HARD_CAP_EXCEEDED", NULL},
	{"notify only", ACTION, "{\"action\":\"notify_only\"}", NULL, NULL},
};

/* clang-format on */

/* The seed with hard caps as migrated. */
static void limits(struct guardrails *guardrails)
{
	guardrails_default(guardrails);
	guardrails->has_hard_cap = true;
	guardrails->hard_cap.nano = 2500 * DECIMAL_ONE;
}

static void check_change(const struct change *change)
{
	AUTO(json_free) cJSON *document = data_read("seed.json");
	AUTO(json_free) cJSON *put = change->put ? data_parse(change->name, change->put) : NULL;
	struct config_report report = {0};
	struct guardrails guardrails;
	struct config_question question = {.override = document, .guardrails = &guardrails};
	const char *path = change->path ? change->path : change->at;
	bool valid;

	limits(&guardrails);
	document_change(document, change->at, put);
	valid = config_check(&question, &report);
	if (change->code ? !document_names(report.errors, report.nerrors, change->code, path)
			 : !valid) {
		print_error("%s: want %s at %s\n", change->name,
			change->code ? change->code : "no error", path);
		document_print(&report);
		fail();
	}
	want_i64(change->name, valid, !change->code);
	config_report_done(&report);
}

static void test_changes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(changes); i++)
		check_change(&changes[i]);
}

/* Documents given whole; codes separated by blanks, each of which must be there. */
struct whole {
	const char *name;
	const char *template_config; /* NULL = none */
	const char *override;
	bool allow_unattended;
	const char *errors, *warnings; /* "CODE@path CODE@path" */
};

#define SAFE                                                                                       \
	"{\"version\":1,\"guardrails\":{\"require_question_before_order\":true,\"max_orders_per_"  \
	"day\":3,\"min_price_usd\":5}}"
#define RULES(x) "{\"version\":1,\"data_inputs\":" BTC ",\"rules\":[" x "]}"
#define HEAD                                                                                       \
	"\"id\":\"r\",\"type\":\"price_below_pct_of_ref\",\"ref_metric\":\"prev_close\","          \
	"\"threshold_pct\":-3,\"question_template\":\"?\","
#define BUY(x) "\"on_answer_match\":{\"action\":\"propose_order\",\"side\":\"buy\"," x "}"

/* clang-format off */
static const struct whole wholes[] = {
	{"the smallest document", NULL, "{\"version\":1}", false, "", ""},
	{"an empty override on a template", "{\"version\":1}", "{}", false, "", ""},
	{"no document", NULL, "[]", false, "BAD_TYPE@", ""},
	{"everything at once", NULL,
		"{\"version\":2,\"enabeld\":true,\"mode\":\"real\",\"rules\":[{\"id\":\"A\",\"type\":\"rsi\",\"symbol\":\"SPY\",\"on_answer_match\":{\"action\":\"propose_order\",\"qty\":\"1\"}}],\"guardrails\":{\"max_open_orders\":null}}",
		false,
		"BAD_VALUE@/version UNKNOWN_FIELD@/enabeld BAD_VALUE@/mode BAD_FORMAT@/rules/0/id BAD_VALUE@/rules/0/type SYMBOL_NOT_IN_INPUTS@/rules/0/symbol QUESTION_TEMPLATE_MISSING@/rules/0/question_template MISSING_FIELD@/rules/0/on_answer_match/side BAD_TYPE@/rules/0/on_answer_match/qty BAD_VALUE@/guardrails/max_open_orders", ""},
	{"crypto", NULL, RULES("{" HEAD "\"symbol\":\"BTC/USD\"," BUY("\"notional_usd\":10") "}"), false, "", ""},
	{"crypto below ten", NULL, RULES("{" HEAD "\"symbol\":\"BTC/USD\"," BUY("\"notional_usd\":9.99") "}"), false, "NOTIONAL_BELOW_MIN@/rules/0/on_answer_match/notional_usd", ""},
	{"crypto for the day", NULL, RULES("{" HEAD "\"symbol\":\"BTC/USD\"," BUY("\"notional_usd\":10,\"time_in_force\":\"day\"") "}"), false, "TIF_NOT_SUPPORTED@/rules/0/on_answer_match/time_in_force", ""},
	{"crypto at a limit", NULL, RULES("{" HEAD "\"symbol\":\"BTC/USD\"," BUY("\"qty\":1,\"order_type\":\"limit\",\"limit_price\":9") "}"), false, "ORDER_TYPE_NOT_SUPPORTED@/rules/0/on_answer_match/order_type", ""},
	{"crypto sold", NULL, RULES("{" HEAD "\"symbol\":\"BTC/USD\",\"on_answer_match\":{\"action\":\"propose_order\",\"side\":\"sell\",\"qty\":1}}"), false, "BAD_VALUE@/rules/0/on_answer_match/side", ""},
	{"crypto with a session", NULL, RULES("{" HEAD "\"symbol\":\"BTC/USD\",\"session\":\"regular\"," BUY("\"notional_usd\":10") "}"), false, "SESSION_NOT_FOR_CRYPTO@/rules/0/session", ""},
	{"two classes", NULL, RULES("{" HEAD "\"symbols\":[\"SPY\",\"BTC/USD\"]," BUY("\"notional_usd\":10") "}"), false, "SYMBOLS_MIXED_CLASSES@/rules/0/symbols", ""},
	{"another quote currency", NULL, "{\"version\":1,\"data_inputs\":[{\"id\":\"c\",\"asset_class\":\"crypto\",\"symbols\":[\"ETH/BTC\"]}]}", false, "BAD_VALUE@/data_inputs/0/symbols/0", ""},
	{"crypto's feed named wrongly", NULL, "{\"version\":1,\"data_inputs\":[{\"id\":\"c\",\"asset_class\":\"crypto\",\"feed\":\"iex\",\"symbols\":[\"ETH/USD\"]}]}", false, "FEED_NOT_FOR_ASSET_CLASS@/data_inputs/0/feed", ""},
	{"a side's placeholder without an order", NULL, RULES("{\"id\":\"r\",\"type\":\"price_below_pct_of_ref\",\"ref_metric\":\"prev_close\",\"threshold_pct\":-3,\"symbol\":\"SPY\",\"question_template\":\"{{side}}\",\"on_answer_match\":{\"action\":\"notify_only\"}}"), false, "UNKNOWN_PLACEHOLDER@/rules/0/question_template", ""},
	{"unattended, live", NULL, "{\"version\":1,\"mode\":\"live\",\"guardrails\":{\"require_question_before_order\":false}}", true, "UNATTENDED_LIVE_FORBIDDEN@/guardrails/require_question_before_order", ""},
	{"unattended, enabled here", NULL, "{\"version\":1,\"guardrails\":{\"require_question_before_order\":false}}", true, "BAD_VALUE@/guardrails/require_question_before_order", ""},
	{"unattended, but the template asks", SAFE, "{\"guardrails\":{\"require_question_before_order\":false}}", false, "", "W_LOOSER_THAN_TEMPLATE@/guardrails/require_question_before_order"},
	{"looser than the template", SAFE, "{\"guardrails\":{\"max_orders_per_day\":4,\"min_price_usd\":4}}", false, "", "W_LOOSER_THAN_TEMPLATE@/guardrails/max_orders_per_day W_LOOSER_THAN_TEMPLATE@/guardrails/min_price_usd"},
	{"stricter than the template", SAFE, "{\"guardrails\":{\"max_orders_per_day\":2,\"min_price_usd\":6}}", false, "", ""},
	{"a blocked symbol", NULL, RULES("{" HEAD "\"symbol\":\"SPY\"," BUY("\"notional_usd\":10") "}"), false, "", "W_SYMBOL_BLOCKED@/rules/0/symbol"},
	{"null deletes a rule's field", "{\"version\":1,\"data_inputs\":" BTC ",\"rules\":[{" HEAD "\"symbol\":\"SPY\"," BUY("\"notional_usd\":10") "}]}",
		"{\"rules\":[{\"id\":\"r\",\"threshold_pct\":null}]}", false, "MISSING_FIELD@/rules/0/threshold_pct", ""},
	{"pointers lead into the override", "{\"version\":1,\"data_inputs\":" BTC ",\"rules\":[{" HEAD "\"symbol\":\"SPY\"," BUY("\"notional_usd\":10") "}]}",
		"{\"rules\":[{\"id\":\"s\",\"type\":\"price_below_pct_of_ref\",\"ref_metric\":\"prev_close\",\"threshold_pct\":-1,\"symbol\":\"QQQ\",\"question_template\":\"?\"," BUY("\"qty\":1") "}]}", false, "SYMBOL_NOT_IN_INPUTS@/rules/0/symbol", ""},
	{"a broken template is named too", "{\"version\":1,\"rulez\":[]}", "{}", false, "UNKNOWN_FIELD@/rulez", ""},
};

/* clang-format on */

static void want_problems(const struct whole *whole, const char *list,
	const struct config_problem *problems, size_t count)
{
	AUTO(alloc_free) char *copy = alloc_text(list);
	char *rest = *copy ? copy : NULL;
	char *token;
	char *path;

	while ((token = strsep(&rest, " "))) {
		path = strchr(token, '@');
		*path++ = '\0';
		if (document_names(problems, count, token, path))
			continue;
		print_error("%s: want %s at %s\n", whole->name, token, path);
		fail();
	}
}

static void check_whole(const struct whole *whole)
{
	AUTO(json_free) cJSON *template_config = NULL;
	AUTO(json_free) cJSON *override = data_parse(whole->name, whole->override);
	struct symbol blocked = {"SPY"};
	struct config_report report = {0};
	struct guardrails guardrails;
	struct config_question question = {.override = override,
		.guardrails = &guardrails,
		.allow_unattended = whole->allow_unattended};

	if (whole->template_config)
		template_config = data_parse(whole->name, whole->template_config);
	question.template_config = template_config;
	limits(&guardrails);
	if (strstr(whole->warnings, "W_SYMBOL_BLOCKED")) {
		guardrails.blocklist = &blocked;
		guardrails.nblocklist = 1;
	}
	want_i64(whole->name, config_check(&question, &report), !*whole->errors);
	want_i64(whole->name, report.nwarnings != 0, *whole->warnings != '\0');
	want_problems(whole, whole->errors, report.errors, report.nerrors);
	want_problems(whole, whole->warnings, report.warnings, report.nwarnings);
	config_report_done(&report);
}

static void test_wholes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(wholes); i++)
		check_whole(&wholes[i]);
}

/* Every code is spelt, and no two alike. */
static void test_codes(void **state)
{
	enum config_code a, b;

	(void)state;
	for (a = 0; a < CONFIG_CODE_COUNT; a++) {
		want_true(config_code_name(a), *config_code_name(a));
		want_i64(config_code_name(a), config_code_is_warning(a),
			strncmp(config_code_name(a), "W_", 2) == 0);
		for (b = 0; b < a; b++)
			want_true(config_code_name(a),
				strcmp(config_code_name(a), config_code_name(b)) != 0);
	}
}

static void test_suggestion(void **state)
{
	AUTO(json_free)
	cJSON *document = data_parse("misspelt", "{\"version\":1,\"guardrials\":{},\"zzz\":1}");
	struct config_question question = {.override = document};
	struct config_report report = {0};

	(void)state;
	want_true("refused", !config_check(&question, &report));
	want_i64("two errors", report.nerrors, 2);
	want_str("near", report.errors[0].message,
		"no field of this name is known; did you mean guardrails?");
	want_str("far", report.errors[1].message, "no field of this name is known");
	config_report_done(&report);
}

/* 64 KiB hold twenty thousand rules: one error says that they are too many. */
static void test_too_many(void **state)
{
	AUTO(json_free) cJSON *document = data_parse("many", "{\"version\":1,\"rules\":[]}");
	struct config_question question = {.override = document};
	struct config_report report = {0};
	cJSON *rules = cJSON_GetObjectItem(document, "rules");

	(void)state;
	for (int i = 0; i < 20000; i++)
		cJSON_AddItemToArray(rules, cJSON_CreateObject());
	want_true("refused", !config_check(&question, &report));
	want_true("named", document_names(report.errors, report.nerrors, "OUT_OF_RANGE", "/rules"));
	want_true("once or twice", report.nerrors <= 2);
	config_report_done(&report);
}

/* Faults of the JSON itself, as a daemon meets them. */
static void test_load(void **state)
{
	struct config_source source = {
		.override_text = "{\"version\":1,\"mode\":\"paper\",\"mode\":\"live\"}",
		.worker_interval_seconds = 60};
	struct config_report report = {0};
	struct config *config = NULL;

	(void)state;
	want_true("refused", config_load(&source, &config, &report) < 0);
	want_true("named", document_names(report.errors, report.nerrors, "DUPLICATE_KEY", "/mode"));
	config_report_done(&report);

	source.override_text = "{\"version\":1}x";
	want_true("refused", config_load(&source, &config, &report) < 0);
	want_true("named", document_names(report.errors, report.nerrors, "BAD_FORMAT", NULL));
	config_report_done(&report);
	want_true("nothing came", !config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_wholes),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_suggestion),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_load),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
