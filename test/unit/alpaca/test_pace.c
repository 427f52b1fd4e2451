/* When the next request may go, by the broker's own headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/alpaca/pace.h"
#include "common/sys/attr.h"

#define NOW_SEC INT64_C(1790000000)

struct row {
	const char *name;
	int status;
	const char *remaining, *reset;
	int64_t ask_sec, new_sec; /* expected waits */
};

/* clang-format off */
static const struct row rows[] = {
	{"no headers", 200, NULL, NULL, 0, 0},
	{"plenty", 200, "199", "1790000060", 0, 0},
	{"reserve reached", 200, "20", "1790000060", 0, 60},
	{"one above the reserve", 200, "21", "1790000060", 0, 0},
	{"used up", 200, "0", "1790000030", 30, 30},
	{"429 with reset", 429, "0", "1790000042", 42, 42},
	{"429, reset only", 429, NULL, "1790000042", 42, 42},
	{"429 without a word", 429, NULL, NULL, 5, 5},
	{"429, reset past", 429, "0", "1789999999", 5, 5},
	{"429, reset absurd", 429, "0", "1790009999", 5, 5},
	{"429, reset garbage", 429, "0", "soon", 5, 5},
	{"429, reset overflows", 429, "0", "99999999999999999999999", 5, 5},
	{"429, reset in milliseconds", 429, "0", "1790000042000", 5, 5},
	{"negative remaining", 200, "-1", "1790000060", 0, 0},
	{"past reset", 200, "0", "1789999999", 0, 0},
};

/* clang-format on */

static void test_rows(void **state)
{
	struct wall now = {NOW_SEC * 1000000};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct pace pace = {0};
		pace_note(&pace, rows[i].status, rows[i].remaining, rows[i].reset, now);
		int64_t ask = pace_wait(&pace, PACE_ASK, now).us;
		int64_t fresh = pace_wait(&pace, PACE_NEW, now).us;
		if (ask != rows[i].ask_sec * 1000000 || fresh != rows[i].new_sec * 1000000)
			fail_msg("%s: ask %lld us, new %lld us", rows[i].name, (long long)ask,
				(long long)fresh);
	}
}

static void test_goes_on_after_reset(void **state)
{
	struct wall now = {NOW_SEC * 1000000};
	struct pace pace = {0};

	(void)state;
	pace_note(&pace, 429, "0", "1790000042", now);
	assert_int_equal(pace_wait(&pace, PACE_ASK, wall_add(now, span_sec(41))).us, 1000000);
	assert_int_equal(pace_wait(&pace, PACE_ASK, wall_add(now, span_sec(42))).us, 0);
	assert_int_equal(pace_wait(&pace, PACE_NEW, wall_add(now, span_sec(42))).us, 0);
	/* The host's clock set back by a day must not silence us for a day. */
	assert_int_equal(pace_wait(&pace, PACE_ASK, wall_add(now, span_sec(-86400))).us, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_goes_on_after_reset),
	};

	return cmocka_run_group_tests_name("alpaca/pace", tests, NULL, NULL);
}
