/* The last fence: what it needs of the transfer's time, and that anything but `go` sends nothing. */
#include <errno.h>

#include "common/sys/alloc.h"
#include "common/sys/metric.h"
#include "test/unit/unit.h"
#include "tradectl/order.h"
#include "tradectl/seen.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"

enum {
	TIMEOUT_MS = 10000,
	NOT_ASKED = -1,
};

/* The database's part, played by this file: the linker takes it before the library's. */
static const char *fence_word;
static bool reconciled = true;
static int64_t fence_takes_ms, asked_budget_ms, now_us, kept_seq;
static bool disk_full, calls_meanwhile = true;

static struct mono fake_mono(void *owner)
{
	(void)owner;
	return (struct mono){now_us};
}

bool start_done(const struct start *start)
{
	(void)start;
	return reconciled;
}

int seen_keep(struct seen *seen, int64_t number, struct err *err)
{
	(void)seen;
	kept_seq = number;
	return disk_full ? err_set(err, -ENOSPC, "no space") : 0;
}

char *db_begin_send(const struct db *db, struct uuid id, int64_t fence, struct span budget,
	void (*meanwhile)(void *owner), void *owner)
{
	(void)db;
	(void)id;
	(void)fence;
	asked_budget_ms = budget.us / 1000;
	now_us += fence_takes_ms * 1000;
	if (calls_meanwhile)
		meanwhile(owner);
	return alloc_text(fence_word);
}

struct row {
	const char *name;
	int64_t left_ms;
	const char *word; /* NULL = the commit was not clean */
	int64_t takes_ms;
	bool go;
	int64_t budget_ms; /* NOT_ASKED */
	bool fenced_off;
	const char *status;  /* of the order afterwards */
	const char *stopped; /* part of it */
};

/* clang-format off */
static const struct row rows[] = {
	{"go", 9900, "go", 3, true, 2000, false, "submitting", ""},
	{"exactly half before", 5000, "go", 0, true, 2000, false, "submitting", ""},
	{"less than half before", 4999, "go", 0, false, NOT_ASKED, false, "reserved", "connecting took"},
	{"exactly half after", 6000, "go", 1000, true, 2000, false, "submitting", ""},
	{"less than half after", 6000, "go", 1001, false, 2000, false, "submitting", "less than half"},
	{"no clean commit", 9900, NULL, 2000, false, 2000, false, "reserved", "did not commit"},
	{"halted", 9900, "HALTED", 1, false, 2000, true, "reserved", "HALTED"},
	{"expired", 9900, "EXPIRED", 1, false, 2000, true, "reserved", "EXPIRED"},
	{"another worker's", 9900, "fenced", 1, false, 2000, true, "reserved", "fenced"},
	{"almost go", 9900, "go ", 1, false, 2000, true, "reserved", "go "},
	{"an empty word", 9900, "", 1, false, 2000, true, "reserved", ""},
};

/* clang-format on */

static void test_fence(void **state)
{
	static const struct clock clock = {.mono = fake_mono};
	struct metrics *metrics = metrics_new();
	struct tradectl t = {.clock = &clock, .metrics = metrics};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct row *row = &rows[i];
		struct order order = {.t = &t, .timeout = span_ms(TIMEOUT_MS)};

		snprintf(order.row.status, sizeof(order.row.status), "reserved");
		fence_word = row->word;
		fence_takes_ms = row->takes_ms;
		asked_budget_ms = NOT_ASKED;
		want_i64(row->name, send_may_begin(&order, span_ms(row->left_ms)), row->go);
		want_i64(row->name, asked_budget_ms, row->budget_ms);
		want_i64(row->name, order.fenced_off, row->fenced_off);
		want_str(row->name, order.row.status, row->status);
		want_true(row->name, strstr(order.stopped, row->stopped) != NULL);
	}
	metrics_free(&metrics);
}

/* Also an order that was claimed before new keys came, or before the database went away. */
static void test_unreconciled(void **state)
{
	static const struct clock clock = {.mono = fake_mono};
	struct tradectl t = {.clock = &clock};
	struct order order = {.t = &t, .timeout = span_ms(TIMEOUT_MS)};

	(void)state;
	reconciled = false;
	asked_budget_ms = NOT_ASKED;
	assert_false(send_may_begin(&order, span_ms(TIMEOUT_MS)));
	assert_int_equal(asked_budget_ms, NOT_ASKED);
	assert_non_null(strstr(order.stopped, "reconciled"));
	reconciled = true;
}

/* The reservation is on this host's disk before the first byte; where it cannot be, or was not tried, nothing is sent. */
static void test_unkept(void **state)
{
	static const struct clock clock = {.mono = fake_mono};
	struct metrics *metrics = metrics_new();
	struct tradectl t = {.clock = &clock, .metrics = metrics};
	struct order order = {.t = &t, .timeout = span_ms(TIMEOUT_MS), .row = {.reserve_seq = 77}};

	(void)state;
	fence_word = "go";
	fence_takes_ms = 0;
	disk_full = true;
	assert_false(send_may_begin(&order, span_ms(TIMEOUT_MS)));
	assert_non_null(strstr(order.stopped, "no space"));
	assert_false(order.fenced_off);
	want_str("the fence has moved it", order.row.status, "submitting");
	disk_full = false;
	calls_meanwhile = false;
	assert_false(send_may_begin(&order, span_ms(TIMEOUT_MS)));
	assert_non_null(strstr(order.stopped, "not kept"));
	calls_meanwhile = true;
	assert_true(send_may_begin(&order, span_ms(TIMEOUT_MS)));
	assert_int_equal(kept_seq, 77);
	metrics_free(&metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_fence),
		cmocka_unit_test(test_unreconciled), cmocka_unit_test(test_unkept)};

	return cmocka_run_group_tests_name("tradectl/send", tests, NULL, NULL);
}
