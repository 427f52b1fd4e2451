/* test_uuid.c - ids by name are those that any other implementation gives. */
#include "test/unit/unit.h"

#include <errno.h>

#include <uuid/uuid.h>

#include "common/sys/uuid.h"

/* clang-format off */
/* Expected values by Python's uuid.uuid5 in the namespace 0dd2ad36-0a15-5bc9-8800-312134471513. */
static const struct {
	const char *name;
	const char *fields[4];
	size_t count;
	const char *id;
} names[] = {
	{"two fields", {"a", "b"}, 2, "024c3fa4-d46a-5172-9134-f9966b73a6b3"},
	{"one field", {"ab"}, 1, "4a4dd6f6-45c7-5f5a-a20c-c0b7762ff9b1"},
	{"an empty field counts", {"a", "", "b"}, 3, "fea4748d-ac14-582e-a403-789da640eb8f"},
	{"a question", {"uid-1", "dip", "SPY", "2026-11-25T14:30:00Z"}, 4, "5e229a3f-62d4-5436-b6c1-84e12bee42cf"},
	{"nothing", {""}, 0, "b375c329-8ab1-5a8b-9f8a-f85750b12415"},
};

/* clang-format on */

static void names_ids(void **state)
{
	char text[UUID_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		uuid_write(uuid_of_name(names[i].fields, names[i].count), text);
		want_str(names[i].name, text, names[i].id);
	}
}

/* The library under us, against the vector of RFC 9562 A.4; and how our namespace came to be. */
static void agrees_with_the_rfc(void **state)
{
	unsigned char dns[16], id[16];
	char text[UUID_TEXT];
	struct uuid ours;

	(void)state;
	want_i64("dns", uuid_parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8", dns), 0);
	uuid_generate_sha1(id, dns, "www.example.com", 15);
	uuid_unparse_lower(id, text);
	want_str("www.example.com", text, "2ed6657d-e927-568b-95e1-2665a8aea6a2");

	uuid_generate_sha1(id, dns, "hybridhub.invalid", 17);
	uuid_generate_sha1(id, id,
		"a\x1f"
		"b",
		3);
	memcpy(ours.bytes, id, sizeof(id));
	want_true(
		"our namespace", uuid_same(ours, uuid_of_name((const char *const[]){"a", "b"}, 2)));
}

static void makes_random_ids(void **state)
{
	struct uuid one = uuid_random(), other = uuid_random();

	(void)state;
	want_true("different", !uuid_same(one, other));
	want_i64("version", one.bytes[6] >> 4, 4);
	want_i64("variant", one.bytes[8] >> 6, 2);
}

static void reads_canonical_text(void **state)
{
	static const char *const bad[] = {
		"",
		"024c3fa4d46a51729134f9966b73a6b3",
		"024c3fa4-d46a-5172-9134-f9966b73a6b",
		"024c3fa4-d46a-5172-9134-f9966b73a6b3a",
		"{024c3fa4-d46a-5172-9134-f9966b73a6b3}",
		"024c3fa4-d46a-5172-9134-f9966b73a6bg",
		"024c3fa4-d46a-51729-134-f9966b73a6b3",
	};
	struct uuid id, same;
	char text[UUID_TEXT];

	(void)state;
	want_i64("lower", uuid_read("024c3fa4-d46a-5172-9134-f9966b73a6b3", &id), 0);
	want_i64("upper", uuid_read("024C3FA4-D46A-5172-9134-F9966B73A6B3", &same), 0);
	want_true("case does not matter", uuid_same(id, same));
	for (size_t i = 0; i < LENGTH(bad); i++) {
		want_i64(bad[i], uuid_read(bad[i], &id), -EINVAL);
		want_true(bad[i], uuid_same(id, same));
	}
	uuid_write(id, text);
	want_str("written in lower case", text, "024c3fa4-d46a-5172-9134-f9966b73a6b3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_ids),
		cmocka_unit_test(agrees_with_the_rfc),
		cmocka_unit_test(makes_random_ids),
		cmocka_unit_test(reads_canonical_text),
	};

	return cmocka_run_group_tests_name("uuid", tests, NULL, NULL);
}
