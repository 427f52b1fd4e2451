/* test_told.c - one move is told once, whichever way it is heard; the memory has an end. */
#include "tradectl/told.h"

#include "test/unit/unit.h"

static struct uuid nth(int n)
{
	struct uuid id = {{0}};

	id.bytes[0] = (unsigned char)n;
	id.bytes[1] = (unsigned char)(n >> 8);
	return id;
}

static void once(void **state)
{
	struct told *told = told_new();

	(void)state;
	want_true("news", told_now(told, nth(1), "accepted"));
	want_true("the same", !told_now(told, nth(1), "accepted"));
	want_true("its next move", told_now(told, nth(1), "filled"));
	want_true("another order's", told_now(told, nth(2), "accepted"));
	want_true("still known", !told_now(told, nth(1), "accepted"));
	told_free(&told);
}

static void forgets_the_oldest(void **state)
{
	struct told *told = told_new();

	(void)state;
	for (int n = 0; n < 512; n++)
		want_true("news", told_now(told, nth(n), "filled"));
	want_true("the oldest is known", !told_now(told, nth(0), "filled"));
	want_true("one more", told_now(told, nth(512), "filled"));
	want_true("the second oldest is known", !told_now(told, nth(1), "filled"));
	want_true("the newest is known", !told_now(told, nth(512), "filled"));
	want_true("the oldest is news again", told_now(told, nth(0), "filled"));
	told_free(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(once),
		cmocka_unit_test(forgets_the_oldest),
	};

	return cmocka_run_group_tests_name("told", tests, NULL, NULL);
}
