/* What an answer to a used id proves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/sys/attr.h"
#include "tradectl/venue.h"

#define DUPLICATE                                                                                  \
	.error = {.envelope = true, .code = 40010001, .message = "client_order_id must be unique"}

static void test_judge(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name;
		struct reply reply;
		enum venue_verdict want;
	} cases[] = {
		{"for the id's sake", {.sent = true, .complete = true, .status = 422, DUPLICATE}, VENUE_REFUSED},
		{"in other letters", {.sent = true, .complete = true, .status = 422, .error = {.envelope = true, .message = "Client_Order_ID is taken"}}, VENUE_REFUSED},
		{"for another reason", {.sent = true, .complete = true, .status = 422, .error = {.envelope = true, .message = "fractional orders must be DAY orders"}}, VENUE_UNCLEAR},
		{"with another status", {.sent = true, .complete = true, .status = 403, DUPLICATE}, VENUE_UNCLEAR},
		{"by a gateway", {.sent = true, .complete = true, .status = 422}, VENUE_UNCLEAR},
		{"half an answer", {.sent = true, .status = 422, DUPLICATE}, VENUE_UNCLEAR},
		{"no answer", {.sent = true}, VENUE_UNCLEAR},
		{"nothing was sent", {.sent = false}, VENUE_UNCLEAR},
		{"504", {.sent = true, .complete = true, .status = 504}, VENUE_UNCLEAR},
		{"429", {.sent = true, .complete = true, .status = 429, .error = {.envelope = true, .message = "rate limit exceeded"}}, VENUE_UNCLEAR},
		{"accepted", {.sent = true, .complete = true, .status = 200, .order = true}, VENUE_ACCEPTED},
		{"accepted, unreadable", {.sent = true, .complete = true, .status = 201}, VENUE_ACCEPTED},
	};

	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		if (venue_judge(&cases[i].reply) != cases[i].want)
			fail_msg("%s: %d", cases[i].name, (int)venue_judge(&cases[i].reply));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
