/* Statuses and error bodies of the data host: answer.h. Bodies are those of docs/broker.md, "Refusals of the data host". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ingestd/answer.h"
#include "test/unit/unit.h"

static void kinds(void **state)
{
	static const struct {
		const char *name;
		long status;
		const char *body;
		enum answer_kind kind;
		const char *symbol;
		const char *message;
	} cases[] = {
		{"fine", 200, "{}", ANSWER_OK, "", ""},
		{"an odd stock", 400, "{\"message\":\"invalid symbol: SAAB-B.ST\"}",
			ANSWER_BAD_SYMBOL, "SAAB-B.ST", "HTTP 400: invalid symbol: SAAB-B.ST"},
		{"crypto without a slash", 400,
			"{\"message\":\"invalid symbol: BTCUSD does not match "
			"^[A-Z]+x?/[A-Z]+$\"}",
			ANSWER_BAD_SYMBOL, "BTCUSD", NULL},
		{"another 400", 400, "{\"message\":\"invalid feed: bogus\"}", ANSWER_REFUSED, "",
			"HTTP 400: invalid feed: bogus"},
		{"no symbol after the words", 400, "{\"message\":\"invalid symbol: \"}",
			ANSWER_REFUSED, "", NULL},
		{"a symbol longer than any", 400,
			"{\"message\":\"invalid symbol: "
			"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ\"}",
			ANSWER_REFUSED, "", NULL},
		{"denied by JSON", 403,
			"{\"code\":42210000,\"message\":\"subscription does not permit querying "
			"recent SIP data\"}",
			ANSWER_DENIED, "", NULL},
		{"denied by a page", 401,
			"<html><head><title>401 Authorization Required</title></head></html>",
			ANSWER_DENIED, "", "HTTP 401 without a JSON message"},
		{"too many", 429, "{\"message\":\"rate limit exceeded\"}", ANSWER_THROTTLED, "",
			NULL},
		{"too many, empty", 429, "", ANSWER_THROTTLED, "", NULL},
		{"gateway", 502, "<html>502 Bad Gateway</html>", ANSWER_FAILED, "", NULL},
		{"redirect", 302, "", ANSWER_REFUSED, "", NULL},
		{"too long", 414, "<html>", ANSWER_REFUSED, "", NULL},
		{"no answer", 0, "", ANSWER_FAILED, "", "connection reset"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct answer answer;

		answer_read(cases[i].status, cases[i].body, strlen(cases[i].body),
			"connection reset", &answer);
		if (answer.kind != cases[i].kind || strcmp(answer.symbol, cases[i].symbol) != 0)
			fail_msg("%s: %s, symbol `%s`", cases[i].name,
				answer_kind_text(answer.kind), answer.symbol);
		if (cases[i].message != NULL && strcmp(answer.message, cases[i].message) != 0)
			fail_msg("%s: `%s`", cases[i].name, answer.message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
	};

	return cmocka_run_group_tests_name("ingestd/answer", tests, NULL, NULL);
}
