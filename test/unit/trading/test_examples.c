/* test_examples.c - every case of examples.json gets its verdict. */
#include "test/unit/trading/document.h"

static void run(const cJSON *item, const struct guardrails *guardrails)
{
	AUTO(json_free) cJSON *document = data_read("seed.json");
	const char *name = json_text(item, "name");
	const char *pointer = json_text(item, "at");
	const char *expect = json_text(item, "expect");
	const cJSON *put = json_member(item, "put");
	struct config_question question = {.override = document, .guardrails = guardrails};
	struct config_report report = {0};
	bool valid;

	if (pointer)
		document_change(document, pointer, json_member(put, "$delete") ? NULL : put);
	valid = config_check(&question, &report);
	if (expect ? !document_names(report.errors, report.nerrors, expect, NULL) : !valid) {
		print_error("%s: want %s\n", name, expect ? expect : "no error");
		document_print(&report);
		fail();
	}
	want_i64(name, valid, !expect);
	want_i64(name, report.nwarnings, 0);
	config_report_done(&report);
}

static void test_examples(void **state)
{
	AUTO(json_free) cJSON *examples = data_read("examples.json");
	struct guardrails guardrails;
	const cJSON *item;
	int count = 0;

	(void)state;
	/* What SQL answers for the seed's own guardrails: the same as the defaults. */
	guardrails_default(&guardrails);
	cJSON_ArrayForEach(item, json_member(examples, "cases"))
	{
		run(item, &guardrails);
		count++;
	}
	want_true("cases", count >= 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
