/* What the operator's terminal shows, whatever stands in the rows. */
#include "test/unit/unit.h"

#include <stdlib.h>

#include "common/sys/alloc.h"
#include "tradectl/command_text.h"

static char *shown(const char *json, void (*put)(FILE *out, const cJSON *document))
{
	AUTO(json_free) cJSON *document = NULL;
	char *text = NULL;
	size_t size = 0;

	assert_int_equal(json_parse(json, strlen(json), &document, NULL), 0);
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	put(out, document);
	fclose(out);
	return text;
}

static void test_text(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{"plain", "SPY is down 1.6%", "SPY is down 1.6%"},
		{"other letters stay", "Käufe für 10 €", "Käufe für 10 €"},
		{"a terminal is not coloured", "\x1b[31mred", "\\u001b[31mred"},
		{"nor its title set", "\x1b]0;x\x07", "\\u001b]0;x\\u0007"},
		{"one line stays one", "a\nb\rc\td", "a\\nb\\u000dc\\u0009d"},
		{"the eight-bit CSI",
			"\xc2\x9b"
			"2J",
			"\\u009b2J"},
		{"delete", "a\x7f", "a\\u007f"},
		{"turned around", "\xe2\x80\xaegpj.exe", "\\u202egpj.exe"},
		{"no UTF-8", "a\xff\x62", "a\\ufffdb"},
		{"cut", "a\xe2\x82", "a\\ufffd\\ufffd"},
		{"nothing", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);
		assert_non_null(out);
		command_put_text(out, rows[i].text);
		fclose(out);
		want_str(rows[i].name, text, rows[i].want);
		free(text);
	}
}

static void test_sections(void **state)
{
	static const struct {
		const char *name, *json, *want;
	} rows[] = {
		{"names and values, aligned; what is null is left out",
			"{\"order\": {\"id\": \"7\", \"filled_qty\": 0.10, \"reason\": null, "
			"\"ok\": true}}",
			"order\n  id          7\n  filled qty  0.10\n  ok          yes\n"},
		{"a table: numbers at the right, texts at the left, what is null is a dash",
			"{\"rows\": [{\"state\": \"filled\", \"n\": 7, \"why\": null}, "
			"{\"state\": \"blocked\", \"n\": 12, \"why\": \"HALTED\"}]}",
			"rows\n  state     n  why\n  filled    7  -\n  blocked  12  HALTED\n"},
		{"an accent is one column wide",
			"{\"t\": [{\"a\": \"é\", \"b\": \"x\"}, {\"a\": \"ab\", \"b\": \"y\"}]}",
			"t\n  a   b\n  é   x\n  ab  y\n"},
		{"a member that a row does not have", "{\"t\": [{\"a\": 1, \"b\": 2}, {\"a\": 3}]}",
			"t\n  a  b\n  1  2\n  3  -\n"},
		{"nothing is said, with an empty line where a table ends",
			"{\"a\": [], \"b\": {\"x\": 1}, \"still_in_force\": [], \"done\": false}",
			"a: none\n\nb\n  x  1\n\nstill in force: none\ndone: no\n"},
		{"deeper things as JSON", "{\"a\": {\"b\": {\"c\": [1, 2.50]}}}",
			"a\n  b  {\"c\":[1,2.50]}\n"},
		{"a list of texts", "{\"a\": [\"x\", \"y\"]}", "a: [\"x\",\"y\"]\n"},
		{"control bytes in a name and a value", "{\"a\\u001b\": {\"b\": \"\\u001b[2J\"}}",
			"a\\u001b\n  b  \\u001b[2J\n"},
		{"nothing at all", "{}", ""},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char *text = shown(rows[i].json, command_put_sections);
		want_str(rows[i].name, text, rows[i].want);
		free(text);
	}
}

static void test_json(void **state)
{
	static const struct {
		const char *name, *json, *want;
	} rows[] = {
		{"numbers as they are", "{\"a\": 0.10, \"b\": 123456789012345678.9}",
			"{\"a\":0.10,\"b\":123456789012345678.9}\n"},
		{"escapes stay JSON", "{\"a\": \"\\u001b\\n\\\"\"}",
			"{\"a\":\"\\u001b\\n\\\"\"}\n"},
		{"harmful letters beyond ASCII", "{\"a\": \"\xc2\x9b\xe2\x80\xae\"}",
			"{\"a\":\"\\u009b\\u202e\"}\n"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char *text = shown(rows[i].json, command_put_json);
		want_str(rows[i].name, text, rows[i].want);
		free(text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
