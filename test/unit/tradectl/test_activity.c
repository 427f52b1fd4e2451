/* test_activity.c - the broker's list of executions: what is kept of it, what is left out. */
#include "tradectl/activity.h"

#include "common/sys/alloc.h"
#include "test/unit/unit.h"

#define GOOD                                                                                       \
	"{\"activity_type\":\"FILL\",\"id\":\"20261008111018097::x-1\",\"order_id\":\"b-1\","      \
	"\"qty\":\"0.5\","                                                                         \
	"\"price\":492.25,\"transaction_time\":\"2026-10-08T15:10:18.0974641Z\",\"side\":\"buy\"}"

static void reads(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *body, *json, *last;
		size_t count;
	} rows[] = {
		{"none", "[]", "[]", "", 0},
		{"one", "[" GOOD "]", "[{\"qty\":\"0.5\",\"price\":\"492.25\",\"execution_id\":\"x-1\",\"alpaca_order_id\":\"b-1\",\"at\":\"2026-10-08T15:10:18.097464Z\"}]",
			"20261008111018097::x-1", 1},
		{"no fill, no id, no qty, no time", "[{\"activity_type\":\"DIV\",\"id\":\"2026::d\"},{\"order_id\":\"b\"},"
			"{\"id\":\"1::x\",\"order_id\":\"b\",\"qty\":\"0\",\"price\":\"1\",\"transaction_time\":\"2026-10-08T15:10:18Z\"},"
			"{\"id\":\"2::\",\"order_id\":\"b\",\"qty\":\"1\",\"price\":\"1\",\"transaction_time\":\"2026-10-08T15:10:18Z\"},"
			"{\"id\":\"3::x\",\"order_id\":\"b\",\"qty\":\"1\",\"price\":\"1\",\"transaction_time\":\"soon\"},7]", "[]", "3::x", 6},
	};

	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		AUTO(alloc_free) char *json = NULL;
		char last[ACTIVITY_ID];
		struct err err;
		size_t count = 99;

		want_i64(rows[i].name,
			activities_read(
				rows[i].body, strlen(rows[i].body), &json, &count, last, &err),
			0);
		want_str(rows[i].name, json, rows[i].json);
		want_str(rows[i].name, last, rows[i].last);
		want_i64(rows[i].name, count, rows[i].count);
	}
}

static void refuses(void **state)
{
	static const char *const bodies[] = {"", "null", "{}", "[", "<html>"};

	(void)state;
	for (size_t i = 0; i < LENGTH(bodies); i++) {
		char *json = NULL, last[ACTIVITY_ID];
		struct err err;
		size_t count;

		want_true(bodies[i], activities_read(bodies[i], strlen(bodies[i]), &json, &count,
					     last, &err) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests_name("activity", tests, NULL, NULL);
}
