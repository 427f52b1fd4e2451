/* test_view.c - a configuration as it is shown and judged, and an order as it is explained. */
#include "apid/config_view.h"

#include "apid/order_explain.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "test/unit/unit.h"

static cJSON *parse(const char *text)
{
	struct json_fault fault;
	cJSON *document = NULL;

	want_i64(text, json_parse(text, strlen(text), &document, &fault), 0);
	return document;
}

static void compares_versions(void **state)
{
	static const struct {
		const char *if_match;
		bool matches;
	} cases[] = {
		{NULL, true},
		{"*", true},
		{"\"3\"", true},
		{"\"2\", \"3\"", true},
		{"\"2\"", false},
		{"3", true},
		{"2, 3", true},
		{"2", false},
		{"33", false},
		{"\"3", false},
		{"W/\"3\"", false},
		{"\"33\"", false},
		{"", false},
	};
	const struct config_view view = {.version = "3"};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		want_i64(cases[i].if_match ? cases[i].if_match : "absent",
			config_view_matches(&view, cases[i].if_match), cases[i].matches);
}

static void refuses_with_every_error(void **state)
{
	AUTO(json_free)
	cJSON *override = parse("{\"version\": 1, \"colour\": 1, \"mode\": \"live!\", "
				"\"max_staleness_seconds\": \"9\"}");
	struct config_view view = {.version = "0", .override = cJSON_CreateObject()};
	struct problem problem = {0};
	bool colour = false, mode = false, staleness = false;
	const cJSON *error;

	(void)state;
	want_true("refused", !config_view_check(&view, override, false, &problem));
	want_i64("status", problem.status, 422);
	cJSON_ArrayForEach(error, problem.errors)
	{
		const char *code = json_text(error, "code"), *path = json_text(error, "path");

		colour |= !strcmp(code, "UNKNOWN_FIELD") && !strcmp(path, "/colour");
		mode |= !strcmp(code, "BAD_VALUE") && !strcmp(path, "/mode");
		staleness |= !strcmp(code, "BAD_TYPE") && !strcmp(path, "/max_staleness_seconds");
	}
	want_true("all three at once", colour && mode && staleness);
	problem_done(&problem);
	config_view_done(&view);
}

static void shows_the_first(void **state)
{
	struct config_view view = {.version = "0", .override = cJSON_CreateObject()};
	cJSON *body;
	char *text;

	(void)state;
	view.guardrails = parse("{\"max_orders_per_day\": 3}");
	body = config_view_body(&view, false);
	text = json_print(body);
	want_true(text,
		strstr(text, "{\"version\":0,\"enabled\":false,\"override\":{},\"effective\":{") ==
			text);
	want_true(text, strstr(text, "\"guardrails\":{\"max_orders_per_day\":3}"));
	want_true(text, strstr(text, "\"warnings\":[]}"));
	alloc_free(&text);
	json_free(&body);
	config_view_done(&view);
}

static void tells_the_story_of_an_order(void **state)
{
	cJSON *order = parse("{\"client_order_id\":\"h1-1\",\"symbol\":\"SPY\",\"side\":\"buy\","
			     "\"order_type\":\"market\","
			     "\"notional_usd\":\"10\",\"qty\":null,\"time_in_force\":\"day\"}");
	cJSON *question = parse("{\"answer\":10,\"metadata\":{\"evidence\":[{\"id\":\"7\"}]}}");
	cJSON *events = parse(
		"[{\"at\":\"t1\",\"to_status\":\"reserved\",\"detail\":{\"guardrails\":[{\"name\":"
		"\"a\",\"ok\":true},{\"name\":\"b\",\"ok\":true,\"note\":\"not checked\"}]}},"
		"{\"at\":\"t2\",\"to_status\":\"accepted\",\"detail\":{\"broker\":{\"id\":\"x\"}}},"
		"{\"at\":\"t3\",\"to_status\":\"filled\",\"detail\":null}]");
	char *text;

	(void)state;
	order_explain(order, question, events);
	want_str("answer", json_decimal(order, "answer"), "10");
	want_i64("evidence", cJSON_GetArraySize(json_member(order, "evidence")), 1);
	text = json_print(json_member(order, "guardrails"));
	want_str("guardrails", text,
		"[{\"name\":\"a\",\"ok\":true,\"note\":null},"
		"{\"name\":\"b\",\"ok\":true,\"note\":\"not checked\"}]");
	alloc_free(&text);
	text = json_print(json_member(order, "request"));
	want_str("request", text,
		"{\"client_order_id\":\"h1-1\",\"symbol\":\"SPY\",\"side\":\"buy\",\"type\":"
		"\"market\","
		"\"time_in_force\":\"day\",\"notional\":\"10\"}");
	alloc_free(&text);
	text = json_print(json_member(order, "broker_replies"));
	want_str("replies", text,
		"[{\"at\":\"t2\",\"to_status\":\"accepted\",\"reply\":{\"id\":\"x\"}}]");
	alloc_free(&text);
	json_free(&order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_versions),
		cmocka_unit_test(refuses_with_every_error),
		cmocka_unit_test(shows_the_first),
		cmocka_unit_test(tells_the_story_of_an_order),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
