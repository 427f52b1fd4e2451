/* test_json_scan.c - what the strict scan lets through, and how it names what it refuses. */
#include "test/unit/unit.h"

#include <errno.h>
#include <stdlib.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"

#define TEXT(literal) literal, sizeof(literal) - 1

/* clang-format off */
static const struct {
	const char *name, *text;
	size_t length;
} good[] = {
	{"empty object", TEXT("{}")},
	{"empty array", TEXT("[]")},
	{"white space around", TEXT(" \t\r\n[ 1 , 2 ]\n ")},
	{"bare number", TEXT("-0.0")},
	{"bare text", TEXT("\"\"")},
	{"true", TEXT("true")},
	{"false", TEXT("false")},
	{"null", TEXT("null")},
	{"zero", TEXT("0")},
	{"exponents", TEXT("[1e5,1E+5,1.5e-5,0e0]")},
	{"1e400 is a number", TEXT("1e400")},
	{"every escape", TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"")},
	{"surrogate pair", TEXT("\"\\ud83d\\ude00\"")},
	{"upper-case hex", TEXT("\"\\uD83D\\uDE00\"")},
	{"four-byte UTF-8", TEXT("\"\xf0\x9f\x98\x80\"")},
	{"last code point", TEXT("\"\xf4\x8f\xbf\xbf\"")},
	{"DEL is a character", TEXT("\"\x7f\"")},
	{"depth 16", TEXT("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]")},
	{"equal keys in different objects", TEXT("{\"a\":{\"a\":1},\"b\":{\"a\":2}}")},
	{"keys that differ in case", TEXT("{\"a\":1,\"A\":2}")},
	{"the empty key", TEXT("{\"\":1}")},
	{"a prefix is another key", TEXT("{\"ab\":1,\"a\":2,\"abc\":3}")},
	{"63 digits", TEXT("123456789012345678901234567890123456789012345678901234567890123")},
};

static const struct {
	const char *name, *text;
	size_t length;
	enum json_fault_kind kind;
	size_t offset;
	const char *pointer;
} bad[] = {
	{"nothing", TEXT(""), JSON_FAULT_SYNTAX, 0, ""},
	{"white space only", TEXT("  "), JSON_FAULT_SYNTAX, 2, ""},
	{"007", TEXT("007"), JSON_FAULT_SYNTAX, 1, ""},
	{"007 in an object", TEXT("{\"a\":007}"), JSON_FAULT_SYNTAX, 6, "/a"},
	{"1 x", TEXT("1 x"), JSON_FAULT_SYNTAX, 2, ""},
	{"0x10", TEXT("0x10"), JSON_FAULT_SYNTAX, 1, ""},
	{"0x10 in an array", TEXT("[1,0x10]"), JSON_FAULT_SYNTAX, 4, "/1"},
	{"leading plus", TEXT("+1"), JSON_FAULT_SYNTAX, 0, ""},
	{"1.", TEXT("1."), JSON_FAULT_SYNTAX, 0, ""},
	{".5", TEXT(".5"), JSON_FAULT_SYNTAX, 0, ""},
	{"1e", TEXT("1e"), JSON_FAULT_SYNTAX, 0, ""},
	{"minus alone", TEXT("-"), JSON_FAULT_SYNTAX, 0, ""},
	{"-01", TEXT("-01"), JSON_FAULT_SYNTAX, 2, ""},
	{"NaN", TEXT("NaN"), JSON_FAULT_SYNTAX, 0, ""},
	{"Infinity", TEXT("-Infinity"), JSON_FAULT_SYNTAX, 0, ""},
	{"True", TEXT("True"), JSON_FAULT_SYNTAX, 0, ""},
	{"trux", TEXT("trux"), JSON_FAULT_SYNTAX, 0, ""},
	{"truex", TEXT("truex"), JSON_FAULT_SYNTAX, 4, ""},
	{"tru cut", TEXT("tru"), JSON_FAULT_SYNTAX, 0, ""},
	{"trailing bytes", TEXT("{} {}"), JSON_FAULT_SYNTAX, 3, ""},
	{"trailing NUL", TEXT("{}\0"), JSON_FAULT_SYNTAX, 2, ""},
	{"byte order mark", TEXT("\xef\xbb\xbf{}"), JSON_FAULT_SYNTAX, 0, ""},
	{"UTF-16", TEXT("{\0}\0"), JSON_FAULT_SYNTAX, 1, ""},
	{"trailing comma, array", TEXT("[1,]"), JSON_FAULT_SYNTAX, 3, "/1"},
	{"trailing comma, object", TEXT("{\"a\":1,}"), JSON_FAULT_SYNTAX, 7, ""},
	{"missing comma", TEXT("[1 2]"), JSON_FAULT_SYNTAX, 3, "/0"},
	{"missing colon", TEXT("{\"a\" 1}"), JSON_FAULT_SYNTAX, 5, "/a"},
	{"bare key", TEXT("{a:1}"), JSON_FAULT_SYNTAX, 1, ""},
	{"single quotes", TEXT("['a']"), JSON_FAULT_SYNTAX, 1, "/0"},
	{"comment", TEXT("[1/**/]"), JSON_FAULT_SYNTAX, 2, "/0"},
	{"open array", TEXT("[1"), JSON_FAULT_SYNTAX, 2, "/0"},
	{"open object", TEXT("{\"a\":1"), JSON_FAULT_SYNTAX, 6, "/a"},
	{"wrong bracket", TEXT("[1}"), JSON_FAULT_SYNTAX, 2, "/0"},
	{"open text", TEXT("\"abc"), JSON_FAULT_SYNTAX, 4, ""},
	{"text ends in a backslash", TEXT("\"abc\\"), JSON_FAULT_SYNTAX, 4, ""},
	{"bare newline in a text", TEXT("\"a\nb\""), JSON_FAULT_SYNTAX, 2, ""},
	{"bare NUL in a text", TEXT("\"a\0b\""), JSON_FAULT_SYNTAX, 2, ""},
	{"form feed as space", TEXT("\f1"), JSON_FAULT_SYNTAX, 0, ""},
	{"unknown escape", TEXT("\"\\x41\""), JSON_FAULT_SYNTAX, 1, ""},
	{"escaped NUL byte", TEXT("\"\\\0\""), JSON_FAULT_SYNTAX, 1, ""},
	{"short hex", TEXT("\"\\u12\""), JSON_FAULT_SYNTAX, 1, ""},
	{"bad hex", TEXT("\"\\u12g4\""), JSON_FAULT_SYNTAX, 1, ""},
	{"\\u0000", TEXT("{\"a\":\"admin\\u0000x\"}"), JSON_FAULT_NUL, 11, "/a"},
	{"\\u0000 in a key", TEXT("{\"a\\u0000\":1}"), JSON_FAULT_NUL, 3, ""},
	{"stray continuation byte", TEXT("\"\x80\""), JSON_FAULT_UTF8, 1, ""},
	{"0xff", TEXT("\"\xff\""), JSON_FAULT_UTF8, 1, ""},
	{"overlong slash", TEXT("\"\xc0\xaf\""), JSON_FAULT_UTF8, 1, ""},
	{"overlong in three", TEXT("\"\xe0\x80\xaf\""), JSON_FAULT_UTF8, 1, ""},
	{"surrogate in UTF-8", TEXT("\"\xed\xa0\x80\""), JSON_FAULT_UTF8, 1, ""},
	{"beyond U+10FFFF", TEXT("\"\xf4\x90\x80\x80\""), JSON_FAULT_UTF8, 1, ""},
	{"cut sequence at the end", TEXT("\"\xe2\x82"), JSON_FAULT_UTF8, 1, ""},
	{"cut sequence at the quote", TEXT("[\"\xe2\x82\"]"), JSON_FAULT_UTF8, 2, "/0"},
	{"lone high surrogate", TEXT("\"\\ud83d\""), JSON_FAULT_UTF8, 1, ""},
	{"lone low surrogate", TEXT("\"\\ude00\""), JSON_FAULT_UTF8, 1, ""},
	{"high, high", TEXT("\"\\ud83d\\ud83d\""), JSON_FAULT_UTF8, 1, ""},
	{"high, text", TEXT("\"\\ud83dxx\""), JSON_FAULT_UTF8, 1, ""},
	{"duplicate", TEXT("{\"max\":3,\"max\":999}"), JSON_FAULT_DUPLICATE, 9, "/max"},
	{"duplicate by \\u0061", TEXT("{\"a\":1,\"\\u0061\":2}"), JSON_FAULT_DUPLICATE, 7, "/a"},
	{"duplicate by a surrogate pair", TEXT("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}"), JSON_FAULT_DUPLICATE, 10, "/\xf0\x9f\x98\x80"},
	{"duplicate by \\/", TEXT("{\"/\":1,\"\\/\":2}"), JSON_FAULT_DUPLICATE, 7, "/~1"},
	{"duplicate of three", TEXT("{\"z\":1,\"y\":2,\"z\":3,\"y\":4}"), JSON_FAULT_DUPLICATE, 13, "/z"},
	{"duplicate inside", TEXT("{\"g\":[0,{\"x/y\":1,\"q\":{\"q\":0},\"x/y\":2}]}"), JSON_FAULT_DUPLICATE, 29, "/g/1/x~1y"},
	{"empty key twice", TEXT("{\"\":1,\"\":2}"), JSON_FAULT_DUPLICATE, 6, "/"},
	{"depth 17", TEXT("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"), JSON_FAULT_DEPTH, 16, "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"},
	{"64 digits", TEXT("[1234567890123456789012345678901234567890123456789012345678901234]"), JSON_FAULT_SIZE, 1, "/0"},
};

/* clang-format on */

/* A copy of exactly that size, so that AddressSanitizer sees a read behind the end. */
static int parse(const char *text, size_t length, cJSON **document, struct json_fault *fault)
{
	char *copy = malloc(length ? length : 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, text, length);
	r = json_parse(copy, length, document, fault);
	free(copy);
	return r;
}

static void passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct json_fault fault = {0};
		cJSON *document = NULL;

		want_i64(good[i].name, parse(good[i].text, good[i].length, &document, &fault), 0);
		want_true(good[i].name, document);
		json_free(&document);
		want_true(good[i].name, !document);
	}
}

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct json_fault fault = {0};
		cJSON *document = NULL;

		want_i64(
			bad[i].name, parse(bad[i].text, bad[i].length, &document, &fault), -EINVAL);
		want_true(bad[i].name, !document);
		want_i64(bad[i].name, fault.kind, bad[i].kind);
		want_i64(bad[i].name, fault.offset, bad[i].offset);
		want_str(bad[i].name, fault.pointer, bad[i].pointer);
		want_true(bad[i].name, fault.text[0]);
		want_i64(bad[i].name, parse(bad[i].text, bad[i].length, &document, NULL), -EINVAL);
	}
}

/* Every beginning of a good document is no document. */
static void refuses_every_cut(void **state)
{
	static const char text[] =
		"{\"a\":[1.5e-3,true,null,\"\\ud83d\\ude00\xf0\x9f\x98\x80\"],\"b\":{}}";
	struct json_fault fault;
	cJSON *document = NULL;

	(void)state;
	for (size_t length = 0; length < sizeof(text) - 1; length++)
		want_i64("cut", parse(text, length, &document, &fault), -EINVAL);
	want_i64("whole", parse(text, sizeof(text) - 1, &document, &fault), 0);
	json_free(&document);
}

static char *array_of(size_t count)
{
	char *text = alloc_zero(2 * count + 2);

	for (size_t i = 0; i < count; i++)
		memcpy(text + 2 * i, i ? ",1" : "[1", 2);
	text[2 * count] = ']';
	return text;
}

static void counts_values(void **state)
{
	struct json_fault fault;
	cJSON *document = NULL;
	char *text = array_of(JSON_MAX_NODES - 1);

	(void)state;
	want_i64("as many as allowed", json_parse(text, strlen(text), &document, &fault), 0);
	json_free(&document);
	alloc_free(&text);
	text = array_of(JSON_MAX_NODES);
	want_i64("one more", json_parse(text, strlen(text), &document, &fault), -EINVAL);
	want_i64("one more", fault.kind, JSON_FAULT_SIZE);
	alloc_free(&text);
}

/* 60,000 keys, the last equal to the first: found, and in a moment. */
static void finds_a_far_duplicate(void **state)
{
	struct json_fault fault;
	cJSON *document = NULL;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	fputs("{\"k0\":0", out);
	for (int i = 1; i < 60000; i++)
		fprintf(out, ",\"k%d\":%d", i, i);
	fputs(",\"k0\":1}", out);
	fclose(out);
	want_i64("far", json_parse(text, length, &document, &fault), -EINVAL);
	want_i64("far", fault.kind, JSON_FAULT_DUPLICATE);
	want_i64("far", fault.offset, length - 7);
	want_str("far", fault.pointer, "/k0");
	free(text);
}

static void cuts_a_long_pointer(void **state)
{
	char pointer[8] = "";

	(void)state;
	json_pointer_push(pointer, sizeof(pointer), "a~b/c");
	want_str("escaped and cut", pointer, "/a~0b~1");
	json_pointer_push(pointer, sizeof(pointer), "d");
	want_str("full", pointer, "/a~0b~1");
	pointer[0] = '\0';
	json_pointer_push(pointer, sizeof(pointer), "abcde\xe2\x82\xac");
	want_str("never inside a character", pointer, "/abcde");
	pointer[0] = '\0';
	json_pointer_push(pointer, sizeof(pointer), "abcde/");
	want_str("never inside an escape", pointer, "/abcde");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_every_cut),
		cmocka_unit_test(counts_values),
		cmocka_unit_test(finds_a_far_duplicate),
		cmocka_unit_test(cuts_a_long_pointer),
	};

	return cmocka_run_group_tests_name("json_scan", tests, NULL, NULL);
}
