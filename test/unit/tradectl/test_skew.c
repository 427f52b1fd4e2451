/* Two clocks: what their readings prove, and what they leave open. */
#include <errno.h>

#include "test/unit/unit.h"
#include "tradectl/skew.h"

static struct wall at(int64_t ms)
{
	return (struct wall){INT64_C(1700000000000000) + ms * 1000};
}

/* clang-format off */
static const struct {
	const char *name;
	int64_t from, to, ours_from, ours_to; /* ms */
	int64_t by, least;
	bool large;
} rows[] = {
	{"the same", 0, 0, 0, 0, 0, 0, false},
	{"within what the answer took", 900, 900, 0, 1000, 400, 0, false},
	{"a second cut off the header", 0, 1000, 0, 900, 50, 0, false},
	{"exactly two ahead", 2000, 2000, 0, 0, 2000, 2000, false},
	{"more than two ahead", 2001, 2001, 0, 0, 2001, 2001, true},
	{"exactly two behind", -2000, -2000, 0, 0, -2000, 2000, false},
	{"more than two behind", -2001, -2001, 0, 0, -2001, 2001, true},
	{"a slow answer proves less", 5000, 5000, 0, 4000, 3000, 1000, false},
	{"far ahead all the same", 9000, 9000, 0, 4000, 7000, 5000, true},
	{"a header three behind", -3000, -2000, 0, 0, -2500, 2000, false},
	{"a header four behind", -4000, -3000, 0, 0, -3500, 3000, true},
	{"five hours", 18000000, 18000000, 0, 10, 17999995, 17999990, true},
};

/* clang-format on */

static void test_between(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct skew skew = skew_between(at(rows[i].from), at(rows[i].to),
			at(rows[i].ours_from), at(rows[i].ours_to));

		want_i64(rows[i].name, skew.by.us / 1000, rows[i].by);
		want_i64(rows[i].name, skew.least.us / 1000, rows[i].least);
		want_i64(rows[i].name, skew_is_large(&skew), rows[i].large);
	}
	assert_false(skew_is_large(&(struct skew){.least = span_sec(100)}));
}

static void test_date(void **state)
{
	static const char *const bad[] = {"", "now", "2026-11-25T13:38:55Z",
		"Wed, 25 Nov 2026 13:38:55", "Wed, 25 Nov 2026 13:38:55 GMT ",
		"Wed, 25 Nov 2026 25:38:55 GMT"};
	struct wall out = {0}, want;

	(void)state;
	assert_int_equal(skew_date("Wed, 25 Nov 2026 13:38:55 GMT", &out), 0);
	assert_int_equal(wall_parse("2026-11-25T13:38:55Z", &want), 0);
	assert_int_equal(out.us, want.us);
	for (size_t i = 0; i < LENGTH(bad); i++)
		want_i64(bad[i], skew_date(bad[i], &out), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_between), cmocka_unit_test(test_date)};

	return cmocka_run_group_tests_name("tradectl/skew", tests, NULL, NULL);
}
