/* test_problem.c - refusals as text, and which outcome is which. */
#include "apid/problem.h"

#include "apid/answer.h"
#include "apid/body.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "test/unit/unit.h"

static void prints(void **state)
{
	struct problem problem = {0};
	char *text;

	(void)state;
	problem_set(&problem, 404, "No %s here.", "\"cat\"");
	text = problem_print(&problem);
	want_str("plain", text,
		"{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"detail\":\"No "
		"\\\"cat\\\" here.\"}");
	alloc_free(&text);
	text = problem_line(&problem);
	want_str("in one line", text, "404 Not Found: No \"cat\" here.");
	alloc_free(&text);
	problem_add_error(&problem, "BAD_TYPE", "/answer", "No number.");
	problem_tell(&problem, 422, "See errors.");
	text = problem_print(&problem);
	want_str("with errors", text,
		"{\"type\":\"about:blank\",\"title\":\"Unprocessable "
		"Content\",\"status\":422,\"detail\":\"See errors.\","
		"\"errors\":[{\"code\":\"BAD_TYPE\",\"path\":\"/answer\",\"message\":\"No "
		"number.\"}]}");
	alloc_free(&text);
	problem_done(&problem);
	want_i64("ended", problem.status, 0);
}

static void knows_outcomes(void **state)
{
	static const struct {
		const char *outcome;
		int status;
	} cases[] = {
		{"ok", 0},
		{"again", 0},
		{"not_found", 404},
		{"out_of_range", 422},
		{"shown_differs", 409},
		{"conflict", 409},
		{"superseded", 409},
		{"expired", 410},
		{"something else", 500},
		{"", 500},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct problem problem = {0};

		answer_problem(cases[i].outcome, "-10", "10", &problem);
		want_i64(cases[i].outcome, problem.status, cases[i].status);
		want_true(cases[i].outcome, !problem.status || problem.detail[0]);
		if (problem.status == 422) {
			want_str(
				"range", problem.detail, "answer must be a number from -10 to 10.");
			want_str("field", json_text(cJSON_GetArrayItem(problem.errors, 0), "path"),
				"/answer");
		}
		problem_done(&problem);
	}
}

static void reads_bodies(void **state)
{
	static const struct {
		const char *name, *text;
		int status;
		const char *code, *path;
	} cases[] = {
		{"good", "{\"answer\": 10}", 0, NULL, NULL},
		{"white space around", " \n{}\r\n", 0, NULL, NULL},
		{"empty", "", 400, NULL, NULL},
		{"cut off", "{\"answer\":", 400, NULL, NULL},
		{"trailing bytes", "{}{}", 400, NULL, NULL},
		{"single quotes", "{'answer': 10}", 400, NULL, NULL},
		{"NaN", "{\"answer\": NaN}", 400, NULL, NULL},
		{"bad UTF-8", "{\"a\": \"\xff\"}", 400, NULL, NULL},
		{"\\u0000", "{\"a\": \"\\u0000\"}", 400, NULL, NULL},
		{"a key twice", "{\"a\": {\"b\": 1, \"b\": 2}}", 422, "DUPLICATE_KEY", "/a/b"},
		{"an array", "[10]", 422, "BAD_TYPE", ""},
		{"a number", "10", 422, "BAD_TYPE", ""},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct problem problem = {0};
		const cJSON *error;
		cJSON *body = NULL;

		want_i64(cases[i].name,
			body_parse_object(cases[i].text, strlen(cases[i].text), &body, &problem),
			cases[i].status == 0);
		want_i64(cases[i].name, problem.status, cases[i].status);
		error = cJSON_GetArrayItem(problem.errors, 0);
		want_str(cases[i].name, json_text(error, "code"), cases[i].code);
		want_str(cases[i].name, json_text(error, "path"), cases[i].path);
		json_free(&body);
		problem_done(&problem);
	}
}

static void limits_bodies(void **state)
{
	enum {
		MOST = 64 * 1024
	};

	AUTO(alloc_free) char *text = alloc_zero(MOST + 1);
	struct problem problem = {0};
	cJSON *body = NULL;

	(void)state;
	memset(text, ' ', MOST + 1);
	memcpy(text, "{}", 2);
	want_true("64 KiB", body_parse_object(text, MOST, &body, &problem));
	json_free(&body);
	want_true("one more", !body_parse_object(text, MOST + 1, &body, &problem));
	want_i64("one more", problem.status, 413);
	problem_done(&problem);
}

static void names_unknown_members(void **state)
{
	struct problem problem = {0};
	cJSON *body = cJSON_CreateObject();

	(void)state;
	json_add_text(body, "answer", "x");
	json_add_text(body, "a/b", "x");
	body_check_names(body, (const char *const[]){"answer", "shown", NULL}, &problem);
	want_i64("one", cJSON_GetArraySize(problem.errors), 1);
	want_str("pointer", json_text(cJSON_GetArrayItem(problem.errors, 0), "path"), "/a~1b");
	problem_done(&problem);
	json_free(&body);
}

static void finds_numbers_that_nobody_reads_back(void **state)
{
	static const char text[] = "{\"a\": 1, \"x_b\": [7, {\"c/d\": 1e131000}], \"e\": 1e-70}";
	struct problem problem = {0};
	cJSON *body = NULL;

	(void)state;
	want_true("is JSON", body_parse_object(text, sizeof(text) - 1, &body, &problem));
	body_check_numbers(body, &problem);
	want_i64("two", cJSON_GetArraySize(problem.errors), 2);
	want_str("first", json_text(cJSON_GetArrayItem(problem.errors, 0), "path"), "/x_b/1/c~1d");
	want_str("second", json_text(cJSON_GetArrayItem(problem.errors, 1), "path"), "/e");
	problem_done(&problem);
	json_free(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints),
		cmocka_unit_test(knows_outcomes),
		cmocka_unit_test(reads_bodies),
		cmocka_unit_test(finds_numbers_that_nobody_reads_back),
		cmocka_unit_test(limits_bodies),
		cmocka_unit_test(names_unknown_members),
	};

	return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
