/* What the broker holds, and what is no such answer. */
#include <errno.h>

#include "common/sys/alloc.h"
#include "test/unit/unit.h"
#include "tradectl/page.h"
#include "tradectl/positions.h"

/* clang-format off */
static const struct {
	const char *name, *body, *json; /* NULL: refused */
} rows[] = {
	{"none", "[]", "[]"},
	{"one, a text", "[{\"symbol\":\"SPY\",\"qty\":\"1.50\",\"side\":\"long\"}]", "[{\"symbol\":\"SPY\",\"qty\":\"1.5\"}]"},
	{"a number", "[{\"symbol\":\"SPY\",\"qty\":-2}]", "[{\"symbol\":\"SPY\",\"qty\":\"-2\"}]"},
	{"two", "[{\"symbol\":\"A\",\"qty\":\"1\"},{\"symbol\":\"BTCUSD\",\"qty\":\"0.000000001\"}]", "[{\"symbol\":\"A\",\"qty\":\"1\"},{\"symbol\":\"BTCUSD\",\"qty\":\"0.000000001\"}]"},
	{"null", "null", NULL},
	{"nothing", "", NULL},
	{"an object", "{\"positions\":[]}", NULL},
	{"an error", "{\"code\":50010000,\"message\":\"internal\"}", NULL},
	{"half", "[{\"symbol\":\"SPY\",\"qty\":\"1\"}", NULL},
	{"null in it", "[null]", NULL},
	{"without a symbol", "[{\"qty\":\"1\"}]", NULL},
	{"without a quantity", "[{\"symbol\":\"SPY\"}]", NULL},
	{"no quantity", "[{\"symbol\":\"SPY\",\"qty\":null}]", NULL},
	{"no number", "[{\"symbol\":\"SPY\",\"qty\":\"many\"}]", NULL},
};

#define ORDER(id, at) "{\"id\":\"b\",\"client_order_id\":\"" id "\",\"symbol\":\"SPY\",\"side\":\"buy\",\"type\":\"market\",\"time_in_force\":\"day\",\"status\":\"new\",\"filled_qty\":\"0\",\"created_at\":\"2026-11-25T10:00:0" at "Z\"}"

/* clang-format on */

static void test_positions(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		AUTO(alloc_free) char *json = NULL;
		struct err err;
		int r = positions_read(rows[i].body, strlen(rows[i].body), &json, &err);

		want_i64(rows[i].name, r, rows[i].json ? 0 : -EINVAL);
		want_str(rows[i].name, json, rows[i].json);
	}
}

static void test_page(void **state)
{
	static const char body[] = "[" ORDER("by-hand", "1") "," ORDER("h1-a", "2") "," ORDER(
		"h1-b",
		"3") ",{\"client_order_id\":\"h1-c\"},{\"client_order_id\":null}," ORDER("xh1-",
		"4") "]";
	AUTO(page_free) struct page *page = NULL;
	struct wall last;
	struct err err;

	(void)state;
	assert_int_equal(page_read(body, strlen(body), &page, &err), 0);
	assert_int_equal(page_count(page), 6);
	assert_int_equal(page_ours(page), 2);
	assert_int_equal(page_unreadable(page), 1);
	assert_int_equal(wall_parse("2026-11-25T10:00:04Z", &last), 0);
	assert_int_equal(page_last(page).us, last.us);
	assert_ptr_equal(page_find(page, "h1-b"), page_at(page, 1));
	assert_null(page_find(page, "by-hand"));
	AUTO(alloc_free) char *json = page_json(page);
	assert_non_null(strstr(json, "h1-a"));
	assert_null(strstr(json, "by-hand"));
	assert_int_equal(json[0], '[');
}

static void test_no_page(void **state)
{
	static const char *const bodies[] = {"null", "", "{}", "[1]", "[null]", "[{}", "\"[]\""};
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(bodies); i++) {
		AUTO(page_free) struct page *page = NULL;
		want_i64(bodies[i], page_read(bodies[i], strlen(bodies[i]), &page, &err), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_no_page),
	};

	return cmocka_run_group_tests_name("tradectl/positions", tests, NULL, NULL);
}
