/* The verdict table: every row of the protocol and of its network faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/sys/attr.h"
#include "tradectl/verdict.h"

#define ENVELOPE(number) .error = {.envelope = true, .code = (number), .message = "m"}
#define ANSWER(code) .sent = true, .complete = true, .status = (code)

static const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_ACCEPTED] = "accepted",
		[VERDICT_QUARANTINED] = "quarantined",
		[VERDICT_REFUSED] = "refused",
		[VERDICT_USED_ID] = "used id",
		[VERDICT_CREDENTIALS] = "credentials",
		[VERDICT_THROTTLED] = "throttled",
		[VERDICT_NOT_SENT] = "not_sent",
		[VERDICT_UNKNOWN] = "unknown",
	};

	return names[verdict];
}

static const char *lookup_name(enum lookup lookup)
{
	static const char *const names[] = {
		[LOOKUP_FOUND] = "found",
		[LOOKUP_DIFFERS] = "differs",
		[LOOKUP_ABSENT] = "absent",
		[LOOKUP_CREDENTIALS] = "credentials",
		[LOOKUP_THROTTLED] = "throttled",
		[LOOKUP_SILENT] = "silent",
	};

	return names[lookup];
}

struct post_row {
	const char *name;
	struct reply reply;
	int attempt;
	enum verdict verdict;
};

/* clang-format off */
static const struct post_row post_rows[] = {
	/* connect refused, DNS, TLS error, connect timeout, aborted by the fence */
	{"nothing sent", {.sent = false}, 1, VERDICT_NOT_SENT},
	{"nothing sent, attempt 3", {.sent = false}, 3, VERDICT_NOT_SENT},
	/* RST, FIN, timeout, half header, half body */
	{"no whole answer", {.sent = true}, 1, VERDICT_UNKNOWN},
	{"200, our order", {ANSWER(200), .order = true}, 1, VERDICT_ACCEPTED},
	{"201, our order", {ANSWER(201), .order = true}, 1, VERDICT_ACCEPTED},
	{"200, our order, attempt 2", {ANSWER(200), .order = true}, 2, VERDICT_ACCEPTED},
	{"200, another order", {ANSWER(200), .order = true, .differs = "notional"}, 1, VERDICT_QUARANTINED},
	{"200, garbage", {ANSWER(200)}, 1, VERDICT_UNKNOWN},
	{"200, an error envelope", {ANSWER(200), ENVELOPE(40310000)}, 1, VERDICT_UNKNOWN},
	{"204", {ANSWER(204)}, 1, VERDICT_UNKNOWN},
	{"202 with an order", {ANSWER(202), .order = true}, 1, VERDICT_UNKNOWN},
	{"400", {ANSWER(400), ENVELOPE(40010001)}, 1, VERDICT_REFUSED},
	{"403", {ANSWER(403), ENVELOPE(40310000)}, 1, VERDICT_REFUSED},
	{"404", {ANSWER(404), ENVELOPE(40410000)}, 1, VERDICT_REFUSED},
	{"422", {ANSWER(422), ENVELOPE(42210000)}, 1, VERDICT_REFUSED},
	{"422, our id is there", {ANSWER(422), .error = {true, 40010001, "client_order_id must be unique"}}, 1, VERDICT_USED_ID},
	{"422, our id is there, attempt 2", {ANSWER(422), .error = {true, 40010001, "client_order_id must be unique"}}, 2, VERDICT_USED_ID},
	{"422, attempt 2", {ANSWER(422), ENVELOPE(42210000)}, 2, VERDICT_UNKNOWN},
	{"403, attempt 2", {ANSWER(403), ENVELOPE(40310000)}, 2, VERDICT_UNKNOWN},
	{"422, a page", {ANSWER(422)}, 1, VERDICT_UNKNOWN},
	{"403, a page", {ANSWER(403)}, 1, VERDICT_UNKNOWN},
	{"422, an order object", {ANSWER(422), .order = true}, 1, VERDICT_UNKNOWN},
	{"401", {ANSWER(401), ENVELOPE(40110000)}, 1, VERDICT_CREDENTIALS},
	{"401, a page", {ANSWER(401)}, 1, VERDICT_CREDENTIALS},
	{"401, attempt 2", {ANSWER(401)}, 2, VERDICT_CREDENTIALS},
	{"403 on keys", {ANSWER(403), ENVELOPE(40110000)}, 1, VERDICT_CREDENTIALS},
	{"429", {ANSWER(429)}, 1, VERDICT_THROTTLED},
	{"429, attempt 3", {ANSWER(429)}, 3, VERDICT_THROTTLED},
	{"429, attempt 4", {ANSWER(429)}, 4, VERDICT_UNKNOWN},
	{"408", {ANSWER(408), ENVELOPE(40810000)}, 1, VERDICT_UNKNOWN},
	{"409", {ANSWER(409), ENVELOPE(40910000)}, 1, VERDICT_UNKNOWN},
	{"500", {ANSWER(500), ENVELOPE(50010000)}, 1, VERDICT_UNKNOWN},
	{"502", {ANSWER(502)}, 1, VERDICT_UNKNOWN},
	{"503", {ANSWER(503)}, 1, VERDICT_UNKNOWN},
	{"504", {ANSWER(504)}, 1, VERDICT_UNKNOWN},
	{"301", {ANSWER(301)}, 1, VERDICT_UNKNOWN},
	{"302", {ANSWER(302)}, 1, VERDICT_UNKNOWN},
	{"307", {ANSWER(307)}, 1, VERDICT_UNKNOWN},
	{"308", {ANSWER(308)}, 1, VERDICT_UNKNOWN},
	{"100", {ANSWER(100)}, 1, VERDICT_UNKNOWN},
};

struct lookup_row {
	const char *name;
	struct reply reply;
	enum lookup lookup;
};

static const struct lookup_row lookup_rows[] = {
	{"our order", {ANSWER(200), .order = true}, LOOKUP_FOUND},
	{"another order", {ANSWER(200), .order = true, .differs = "side"}, LOOKUP_DIFFERS},
	{"not there", {ANSWER(404), ENVELOPE(40410000)}, LOOKUP_ABSENT},
	{"a gateway's 404", {ANSWER(404)}, LOOKUP_SILENT},
	{"200, garbage", {ANSWER(200)}, LOOKUP_SILENT},
	{"401", {ANSWER(401)}, LOOKUP_CREDENTIALS},
	{"429", {ANSWER(429)}, LOOKUP_THROTTLED},
	{"500", {ANSWER(500)}, LOOKUP_SILENT},
	{"504", {ANSWER(504)}, LOOKUP_SILENT},
	{"302", {ANSWER(302)}, LOOKUP_SILENT},
	{"422", {ANSWER(422), ENVELOPE(42210000)}, LOOKUP_SILENT},
	{"no connection", {.sent = false}, LOOKUP_SILENT},
	{"half an answer", {.sent = true}, LOOKUP_SILENT},
};

/* Rows: leaning; columns: found, differs, absent, credentials, throttled, silent. */
static const struct {
	enum verdict leaning;
	enum verdict after[6];
} joined[] = {
	{VERDICT_REFUSED, {VERDICT_ACCEPTED, VERDICT_QUARANTINED, VERDICT_REFUSED, VERDICT_UNKNOWN, VERDICT_UNKNOWN, VERDICT_UNKNOWN}},
	{VERDICT_USED_ID, {VERDICT_ACCEPTED, VERDICT_QUARANTINED, VERDICT_UNKNOWN, VERDICT_UNKNOWN, VERDICT_UNKNOWN, VERDICT_UNKNOWN}},
	{VERDICT_CREDENTIALS, {VERDICT_ACCEPTED, VERDICT_QUARANTINED, VERDICT_CREDENTIALS, VERDICT_CREDENTIALS, VERDICT_UNKNOWN, VERDICT_UNKNOWN}},
	{VERDICT_THROTTLED, {VERDICT_ACCEPTED, VERDICT_QUARANTINED, VERDICT_THROTTLED, VERDICT_UNKNOWN, VERDICT_UNKNOWN, VERDICT_UNKNOWN}},
};

/* clang-format on */

static void test_post(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(post_rows); i++) {
		enum verdict got = verdict_of_post(&post_rows[i].reply, post_rows[i].attempt);
		if (got != post_rows[i].verdict)
			fail_msg("%s: %s, want %s", post_rows[i].name, verdict_name(got),
				verdict_name(post_rows[i].verdict));
	}
}

static void test_lookup(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(lookup_rows); i++) {
		enum lookup got = lookup_of_reply(&lookup_rows[i].reply);
		if (got != lookup_rows[i].lookup)
			fail_msg("%s: %s, want %s", lookup_rows[i].name, lookup_name(got),
				lookup_name(lookup_rows[i].lookup));
	}
}

static void test_joined(void **state)
{
	static const enum lookup columns[] = {LOOKUP_FOUND, LOOKUP_DIFFERS, LOOKUP_ABSENT,
		LOOKUP_CREDENTIALS, LOOKUP_THROTTLED, LOOKUP_SILENT};

	(void)state;
	for (size_t i = 0; i < LENGTH(joined); i++)
		for (size_t j = 0; j < LENGTH(columns); j++) {
			enum verdict got = verdict_after_lookup(joined[i].leaning, columns[j]);
			if (got != joined[i].after[j])
				fail_msg("%s, then %s: %s", verdict_name(joined[i].leaning),
					lookup_name(columns[j]), verdict_name(got));
		}
}

/* After any 4xx the order is asked for by id before it counts as refused. */
static void test_no_refusal_without_lookup(void **state)
{
	(void)state;
	for (int status = 400; status < 500; status++) {
		struct reply reply = {ANSWER(status), ENVELOPE(1)};
		enum verdict verdict = verdict_of_post(&reply, 1);

		if (!verdict_needs_lookup(verdict) && verdict != VERDICT_UNKNOWN)
			fail_msg("%d: %s without asking", status, verdict_name(verdict));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_post),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_no_refusal_without_lookup),
	};

	return cmocka_run_group_tests_name("tradectl/verdict", tests, NULL, NULL);
}
