/* test_err.c - reasons as text. */
#include "test/unit/unit.h"

#include <errno.h>

#include "common/sys/err.h"

static void writes_the_reason(void **state)
{
	struct err err = {""};

	(void)state;
	want_i64("returned", err_set(&err, -EINVAL, "%s: %d is too much", "limit", 7), -EINVAL);
	want_str("text", err.text, "limit: 7 is too much");
	err_prefix(&err, "rule %s", "dip");
	want_str("prefixed", err.text, "rule dip: limit: 7 is too much");
	err_set(&err, 0, "again: %s", err.text);
	want_str("of itself", err.text, "again: rule dip: limit: 7 is too much");
	err_prefix(&err, "%.5s", err.text);
	want_str("prefix of itself", err.text, "again: again: rule dip: limit: 7 is too much");
}

static void may_be_nobody(void **state)
{
	(void)state;
	want_i64("returned", err_set(NULL, -ERANGE, "%d", 1), -ERANGE);
	err_prefix(NULL, "%d", 1);
}

static void cuts_what_is_too_long(void **state)
{
	struct err err;
	char longest[1024];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	err_set(&err, 0, "%s", longest);
	want_i64("cut", strlen(err.text), sizeof(err.text) - 1);
	err_prefix(&err, "front");
	want_i64("cut again", strlen(err.text), sizeof(err.text) - 1);
	want_true("the front stays", strncmp(err.text, "front: xxx", 10) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_reason),
		cmocka_unit_test(may_be_nobody),
		cmocka_unit_test(cuts_what_is_too_long),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
