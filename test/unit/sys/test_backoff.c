/* test_backoff.c - waits double up to the most, between half and whole. */
#include "test/unit/unit.h"

#include "common/sys/backoff.h"

static void doubles_up_to_the_most(void **state)
{
	static const int64_t whole_ms[] = {100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000};
	struct backoff low = {.first = {100000}, .most = {5000000}};
	struct backoff high = low;

	(void)state;
	for (size_t i = 0; i < LENGTH(whole_ms); i++) {
		want_i64("half", backoff_next(&low, 0).us, whole_ms[i] * 500);
		want_i64("whole", backoff_next(&high, UINT32_MAX).us, whole_ms[i] * 1000);
	}
	backoff_reset(&low);
	want_i64("again from the first", backoff_next(&low, 0).us, 50000);
}

static void spreads(void **state)
{
	struct backoff backoff = {.first = {1000000}, .most = {1000000}};
	int64_t before = 0;

	(void)state;
	for (uint32_t i = 0; i < 16; i++) {
		int64_t wait = backoff_next(&backoff, i << 28).us;

		want_true("within", wait >= 500000 && wait <= 1000000);
		want_true("grows with the random", wait > before);
		before = wait;
	}
}

static void survives_a_first_above_the_most(void **state)
{
	struct backoff backoff = {.first = {9000000}, .most = {5000000}};

	(void)state;
	want_i64("the most", backoff_next(&backoff, UINT32_MAX).us, 5000000);
	want_i64("the most", backoff_next(&backoff, UINT32_MAX).us, 5000000);
}

static void never_overflows(void **state)
{
	struct backoff backoff = {.first = {1}, .most = {INT64_MAX}};
	int64_t wait = 0;

	(void)state;
	for (int i = 0; i < 70; i++)
		wait = backoff_next(&backoff, UINT32_MAX).us;
	want_i64("the most", wait, INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_up_to_the_most),
		cmocka_unit_test(spreads),
		cmocka_unit_test(survives_a_first_above_the_most),
		cmocka_unit_test(never_overflows),
	};

	return cmocka_run_group_tests_name("backoff", tests, NULL, NULL);
}
