/* The broker's account object: its number, or why not. */
#include "test/unit/unit.h"
#include "tradectl/account.h"

struct row {
	const char *name, *body, *number; /* NULL = refused */
};

/* clang-format off */
static const struct row rows[] = {
	{"plain", "{\"id\": \"x\", \"account_number\": \"PA3ABCD\", \"cash\": \"1\"}", "PA3ABCD"},
	{"an order object", "{\"id\": \"x\", \"status\": \"new\"}", NULL},
	{"empty", "{\"account_number\": \"\"}", NULL},
	{"null", "{\"account_number\": null}", NULL},
	{"a number", "{\"account_number\": 7}", NULL},
	{"twice", "{\"account_number\": \"A\", \"account_number\": \"B\"}", NULL},
	{"too long", "{\"account_number\": \"0123456789012345678901234567890123456789012345678901234567890123\"}", NULL},
	{"a list", "[\"account_number\"]", NULL},
	{"a page", "<html>", NULL},
	{"nothing", "", NULL},
};

/* clang-format on */

static void test_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char number[ACCOUNT_NUMBER] = "";
		struct err err;
		int r = account_number_read(rows[i].body, strlen(rows[i].body), number, &err);

		want_i64(rows[i].name, r == 0, rows[i].number != NULL);
		if (rows[i].number)
			want_str(rows[i].name, number, rows[i].number);
	}
}

static void test_tail(void **state)
{
	(void)state;
	assert_string_equal(account_number_tail("PA3ABCD"), "ABCD");
	assert_string_equal(account_number_tail("AB"), "AB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_tail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
