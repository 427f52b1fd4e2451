/* test_json.c - exact numbers in and out, members, printing. */
#include "test/unit/unit.h"

#include <errno.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"

static cJSON *read_text(const char *text)
{
	struct json_fault fault;
	cJSON *document = NULL;

	want_i64(text, json_parse(text, strlen(text), &document, &fault), 0);
	return document;
}

/* clang-format off */
static const struct {
	const char *name, *text;
} numbers[] = {
	{"beyond a double", "1e400"},
	{"2^53+1", "9007199254740993"},
	{"trailing zero", "10.10"},
	{"minus zero", "-0"},
	{"many digits", "12345678901234.5678"},
	{"exponent as written", "1.50E+02"},
	{"tiny", "1e-400"},
	{"longest", "123456789012345678901234567890123456789012345678901234567890123"},
};

static const struct {
	const char *name, *text, *plain, *canonical;
} prints[] = {
	{"white space goes", " { \"a\" : [ 1 , 2 ] } ", "{\"a\":[1,2]}", "{\"a\":[1,2]}"},
	{"numbers stay", "[1.50,1e400,-0,9007199254740993]", "[1.50,1e400,-0,9007199254740993]", "[1.50,1e400,-0,9007199254740993]"},
	{"keys are sorted at every level", "{\"b\":{\"z\":1,\"Z\":2},\"a\":[{\"d\":1,\"c\":2}]}",
		"{\"b\":{\"z\":1,\"Z\":2},\"a\":[{\"d\":1,\"c\":2}]}", "{\"a\":[{\"c\":2,\"d\":1}],\"b\":{\"Z\":2,\"z\":1}}"},
	{"arrays keep their order", "[3,1,2]", "[3,1,2]", "[3,1,2]"},
	{"byte order, not the alphabet's", "{\"\xc3\xa9\":1,\"z\":2}", "{\"\xc3\xa9\":1,\"z\":2}", "{\"z\":2,\"\xc3\xa9\":1}"},
	{"escapes are the shortest", "\"\\u0041\\/\\u000a\\u001f\\u00e9\\\"\\\\\"", "\"A/\\n\\u001f\xc3\xa9\\\"\\\\\"", "\"A/\\n\\u001f\xc3\xa9\\\"\\\\\""},
	{"literals", "[true,false,null,\"\",{},[]]", "[true,false,null,\"\",{},[]]", "[true,false,null,\"\",{},[]]"},
};

/* clang-format on */

static void keeps_the_text_of_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(numbers); i++) {
		AUTO(alloc_free)
		char *text = alloc_print("{\"s\":[1,{\"x\":2}],\"n\":%s,\"t\":3}", numbers[i].text);
		AUTO(json_free) cJSON *document = read_text(text);
		AUTO(alloc_free) char *printed = json_print(document);

		want_str(numbers[i].name, json_decimal(document, "n"), numbers[i].text);
		want_str(numbers[i].name, json_decimal(document, "t"), "3");
		want_str(numbers[i].name, printed, text);
	}
}

static void prints_what_it_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(prints); i++) {
		AUTO(json_free) cJSON *document = read_text(prints[i].text);
		AUTO(alloc_free) char *plain = json_print(document);
		AUTO(alloc_free) char *canonical = json_print_canonical(document);

		want_str(prints[i].name, plain, prints[i].plain);
		want_str(prints[i].name, canonical, prints[i].canonical);
	}
}

static void finds_members(void **state)
{
	AUTO(json_free)
	cJSON *document =
		read_text("{\"A\":\"upper\",\"a\":\"lower\",\"n\":null,\"b\":true,\"d\":\"1.50\"}");
	AUTO(json_free) cJSON *array = read_text("[\"a\"]");

	(void)state;
	want_str("exact case", json_text(document, "a"), "lower");
	want_str("exact case", json_text(document, "A"), "upper");
	want_str("absent", json_text(document, "c"), NULL);
	want_str("no string", json_text(document, "b"), NULL);
	want_str("decimal as a string", json_decimal(document, "d"), "1.50");
	want_str("null is no decimal", json_decimal(document, "n"), NULL);
	want_str("true is no decimal", json_decimal(document, "b"), NULL);
	want_true("an array has no members", !json_member(array, "a"));
	want_true("NULL has no members", !json_member(NULL, "a"));
}

static void knows_numbers_that_fit(void **state)
{
	static const char sixty_one[] =
		"1234567890123456789012345678901234567890123456789012345678901";

	static const struct {
		const char *number;
		bool fits;
	} cases[] = {
		{"0", true},
		{"-10", true},
		{"1.0", true},
		{"1e1", true},
		{"1E+01", true},
		{"1e62", true},
		{"1e63", false},
		{"-1e61", true},
		{"-1e62", false},
		{"1e-61", true},
		{"1e-62", false},
		{"-0.1e-59", true},
		{"-0.1e-60", false},
		{"1.25e1", true},
		{"1e100", false},
		{"1e-100", false},
		{"1e131000", false},
		{"1e999999999", false},
		{"1e0000000000000007", true},
		{"0e0", true},
	};

	char text[80];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		want_i64(cases[i].number, json_number_fits(cases[i].number), cases[i].fits);
	snprintf(text, sizeof(text), "%s.2", sixty_one);
	want_true("63 characters", json_number_fits(text));
	snprintf(text, sizeof(text), "%s2e-1", sixty_one);
	want_true("63 with the point that the exponent makes", json_number_fits(text));
	snprintf(text, sizeof(text), "%se-2", sixty_one);
	want_true("62 alike", json_number_fits(text));
}

static void builds_documents(void **state)
{
	AUTO(json_free) cJSON *document = cJSON_CreateObject();
	AUTO(alloc_free) char *printed = NULL;

	(void)state;
	json_add_number(document, "price", "492.10");
	json_add_text(document, "text", "a \"quoted\" \xff byte\x01");
	json_add_text(document, "none", NULL);
	cJSON_AddNumberToObject(document, "count", 7);
	cJSON_AddItemToObject(document, "raw", cJSON_CreateRaw("{\"x\":1.0}"));
	printed = json_print(document);
	want_str("printed", printed,
		"{\"price\":492.10,\"text\":\"a \\\"quoted\\\" \\ufffd byte\\u0001\",\"none\":null,"
		"\"count\":7,\"raw\":{\"x\":1.0}}");
	want_str("read back at once", json_decimal(document, "price"), "492.10");
}

static void takes_lists_only(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *says;
	} cases[] = {
		{"[]", 0, ""},
		{"[1,{}]", 0, ""},
		{"null", -EINVAL, "no list of orders"},
		{"{\"orders\":[]}", -EINVAL, "no list of orders"},
		{"[1", -EINVAL, "not JSON: "},
		{"[1]x", -EINVAL, "not JSON: "},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		AUTO(json_free) cJSON *list = NULL;
		struct err err = {.text = ""};

		want_i64(cases[i].text,
			json_parse_list(
				cases[i].text, strlen(cases[i].text), "orders", &list, &err),
			cases[i].r);
		want_true(cases[i].text, strstr(err.text, cases[i].says));
		want_true(cases[i].text, (cases[i].r == 0) == (list != NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_text_of_numbers),
		cmocka_unit_test(prints_what_it_read),
		cmocka_unit_test(finds_members),
		cmocka_unit_test(knows_numbers_that_fit),
		cmocka_unit_test(builds_documents),
		cmocka_unit_test(takes_lists_only),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
