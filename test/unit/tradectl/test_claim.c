/* Where in the line of approvals a claim looks: behind the last one, and from the start at every sweep and when nothing is left. */
#include <event2/event.h>

#include "common/sys/clock.h"
#include "test/unit/unit.h"
#include "tradectl/broker.h"
#include "tradectl/claim.h"
#include "tradectl/order.h"
#include "tradectl/record.h"
#include "tradectl/tradectl.h"
#include "tradectl/trouble.h"

/* The database's part and the order's, played by this file: the linker takes it before the library's. */
static char asked[DB_TIME]; /* behind which place; "" = from the start */
static int asks;
static pg_answer_fn *answered;
static void *answered_owner;
static const char *there; /* the order that the claim ended; NULL = none was left */

void db_claim(const struct db *db, const struct db_place *after, pg_answer_fn *fn, void *owner)
{
	(void)db;
	snprintf(asked, sizeof(asked), "%s", after->approved_at);
	asks++;
	answered = fn;
	answered_owner = owner;
}

int db_claimed(const struct pg_answer *answer, struct db_order *out, struct err *err)
{
	(void)answer;
	(void)err;
	*out = (struct db_order){.status = "expired"};
	snprintf(out->approved_at, sizeof(out->approved_at), "%s", there ? there : "");
	return there != NULL;
}

int db_claim_key(const struct pg_answer *answer, struct db_order *out, struct err *err)
{
	(void)answer;
	(void)out;
	(void)err;
	return -1;
}

struct order *order_new(
	struct tradectl *t, const struct db_order *row, const struct order_hooks *hooks)
{
	(void)t;
	(void)row;
	(void)hooks;
	return NULL;
}

void order_start(struct order *order)
{
	(void)order;
}

void order_free(struct order **order)
{
	(void)order;
}

void record_moved(
	struct tradectl *t, const struct db_order *order, const char *from, const char *to)
{
	(void)t;
	(void)order;
	(void)from;
	(void)to;
}

void record_impossible(struct records *records, const struct db_order *order, const char *why)
{
	(void)records;
	(void)order;
	(void)why;
}

void trouble_find(const struct tradectl *t, struct trouble *out)
{
	(void)t;
	*out = (struct trouble){.code = NULL};
}

void tradectl_quiet(struct tradectl *t)
{
	(void)t;
}

struct span broker_wait(const struct broker *broker, enum pace_kind kind)
{
	(void)broker;
	(void)kind;
	return (struct span){0};
}

bool pg_ready(const struct pg *pg)
{
	(void)pg;
	return true;
}

void pg_forget(struct pg *pg, const void *owner)
{
	(void)pg;
	(void)owner;
}

static void turn(struct tradectl *t)
{
	event_base_loop(t->base, EVLOOP_NONBLOCK);
}

static void answer(struct tradectl *t, const char *order)
{
	const struct pg_answer done = {.outcome = PG_DONE};

	there = order;
	answered(answered_owner, &done);
	turn(t);
}

static void test_place(void **state)
{
	struct tradectl t = {.base = event_base_new(), .trading_enabled = true};
	struct claim *claim = claim_new(&t);

	(void)state;
	asks = 0;
	claim_wake(claim);
	turn(&t);
	assert_string_equal(asked, "");
	answer(&t, "10:00");
	assert_string_equal(asked, "10:00");
	answer(&t, "10:01");
	assert_string_equal(asked, "10:01");

	/* Nothing lies behind: once more from the start, and then no more. */
	answer(&t, NULL);
	assert_string_equal(asked, "");
	assert_int_equal(asks, 4);
	answer(&t, NULL);
	assert_int_equal(asks, 4);

	claim_free(&claim);
	event_base_free(t.base);
}

/* A line that never ends must not keep waiting who is in front of it: also a sweep while a claim is under way counts. */
static void test_sweep(void **state)
{
	struct tradectl t = {.base = event_base_new(), .trading_enabled = true};
	struct claim *claim = claim_new(&t);

	(void)state;
	claim_wake(claim);
	turn(&t);
	answer(&t, "10:00");
	assert_string_equal(asked, "10:00");
	claim_sweep(claim);
	answer(&t, "10:01");
	assert_string_equal(asked, "");
	answer(&t, "09:59");
	assert_string_equal(asked, "09:59");

	claim_free(&claim);
	event_base_free(t.base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
