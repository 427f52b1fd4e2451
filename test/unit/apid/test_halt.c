/* test_halt.c - a person's own switch in words, and what a cancel is answered. */
#include "apid/halt_told.h"
#include "apid/orders_told.h"

#include "apid/order_cancel.h"
#include "apid/problem.h"
#include "common/sys/alloc.h"
#include "test/unit/unit.h"

static void tells_who_holds(void **state)
{
	static const struct {
		struct halts halts;
		const char *told;
	} cases[] = {
		{{"paper", "active", NULL, NULL, NULL}, "No switch holds your orders."},
		{{"paper", "halted", NULL, NULL, NULL},
			"You have stopped your orders: none is sent until you go on. What the "
			"broker has already stands until it is canceled."},
		{{"paper", "reducing", NULL, NULL, NULL},
			"Your own switch is on reducing: only orders that sell what you hold are "
			"sent until you go on."},
		{{"paper", "active", "global", "halted", "maintenance"},
			"Your own switch is on. But trading is held for everybody, and no order is "
			"sent: maintenance. Only the operator lifts that."},
		{{"live", "active", "account", "reducing", NULL},
			"Your own switch is on. But the live account is held, and only orders that "
			"sell what you hold are sent: no reason given. Only the operator lifts "
			"that."},
		{{"paper", "halted", "user", "reducing", "call us"},
			"You have stopped your orders: none is sent until you go on. What the "
			"broker has already stands until it is canceled. But your trading is held, "
			"and only orders that sell what you hold are sent: call us. Only the "
			"operator lifts that."},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		AUTO(alloc_free) char *told = halt_told(&cases[i].halts);

		want_str(cases[i].told, told, cases[i].told);
	}
}

static void tells_why_nothing_is_sent(void **state)
{
	static const struct {
		const char *reason, *says, *todo;
	} cases[] = {
		{"BROKER_AWAY", "The broker does not answer", "goes on by itself"},
		{"KEYS_REFUSED", "refuses the keys", "Ask the operator to mend them"},
		{"STATE_FOLDER", "cannot write down", "look at its disk"},
		{"DISABLED", "your configuration", "Switch it on"},
		{"SOMETHING_NEW", "cannot be sent", "Ask the operator"},
	};

	(void)state;
	assert_null(orders_told(NULL));
	for (size_t i = 0; i < LENGTH(cases); i++) {
		want_true(cases[i].reason, strstr(orders_told(cases[i].reason), cases[i].says));
		want_true(cases[i].reason, strstr(orders_told(cases[i].reason), cases[i].todo));
	}
}

static void answers_a_cancel(void **state)
{
	static const struct {
		const char *outcome, *status;
		int answer;
		const char *says;
	} cases[] = {
		{"canceled", "canceled", 0, ""},
		{"asked", "accepted", 0, ""},
		{"not_found", NULL, 404, "no such order"},
		{"final", "filled", 409, "it was filled"},
		{"final", "canceled", 409, "canceled before"},
		{"final", "expired", 409, "expired"},
		{"final", "rejected", 409, "refused"},
		{"final", "blocked", 409, "stopped before it was sent"},
		{"final", NULL, 409, "nothing of it is open"},
		{"", NULL, 500, "made a mistake"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct problem problem = {0};

		order_cancel_problem(cases[i].outcome, cases[i].status, &problem);
		want_i64(cases[i].outcome, problem.status, cases[i].answer);
		want_true(problem.detail, strstr(problem.detail, cases[i].says));
		problem_done(&problem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_who_holds),
		cmocka_unit_test(tells_why_nothing_is_sent),
		cmocka_unit_test(answers_a_cancel),
	};

	return cmocka_run_group_tests_name("halt", tests, NULL, NULL);
}
