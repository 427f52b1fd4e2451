/* Error bodies as they were seen on the wire, and as gateways put pages in their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/alpaca/error.h"
#include "common/sys/attr.h"

struct row {
	const char *name;
	int status;
	const char *body;
	bool envelope;
	int64_t code;
	const char *message;
	bool credentials, suspended;
};

/* clang-format off */
static const struct row rows[] = {
	{"buying power", 403, "{\"code\":40310000,\"message\":\"insufficient buying power\",\"buying_power\":\"0\",\"cost_basis\":\"10\"}",
		true, 40310000, "insufficient buying power", false, false},
	{"id used", 422, "{\"code\":40010001,\"message\":\"client_order_id must be unique\"}",
		true, 40010001, "client_order_id must be unique", false, false},
	{"wash trade as 422", 422, "{\"code\":42210000,\"message\":\"potential wash trade detected. use complex orders\"}",
		true, 42210000, "potential wash trade detected. use complex orders", false, false},
	{"user request", 403, "{\"code\":40310000,\"message\":\"new orders are rejected by user request\"}",
		true, 40310000, "new orders are rejected by user request", false, true},
	{"wrong keys", 401, "{\"code\":40110000,\"message\":\"request is not authorized\"}",
		true, 40110000, "request is not authorized", true, false},
	{"wrong keys as 403", 403, "{\"code\":40110000,\"message\":\"access key verification failed\"}",
		true, 40110000, "access key verification failed", true, false},
	{"no code", 403, "{\"message\":\"forbidden.\"}", true, 0, "forbidden.", true, false},
	{"no code, 401", 401, "{\"message\":\"unauthorized\"}", true, 0, "unauthorized", true, false},
	{"nginx page, 401", 401, "<html><body>401 Authorization Required</body></html>", false, 0, "", true, false},
	{"nginx page, 403", 403, "<html><body>403 Forbidden: not authorized</body></html>", false, 0, "", false, false},
	{"a refusal that says authorized", 403, "{\"code\":40310000,\"message\":\"account is not authorized to short\"}",
		true, 40310000, "account is not authorized to short", false, false},
	{"code as text", 422, "{\"code\":\"42210000\",\"message\":\"m\"}", true, 42210000, "m", false, false},
	{"message no text", 422, "{\"code\":1,\"message\":7}", false, 0, "", false, false},
	{"array", 422, "[{\"message\":\"m\"}]", false, 0, "", false, false},
	{"half a body", 422, "{\"code\":42210000,\"mess", false, 0, "", false, false},
	{"empty", 422, "", false, 0, "", false, false},
	{"gateway text", 504, "upstream request timeout", false, 0, "", false, false},
};

/* clang-format on */

static void test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct row *row = &rows[i];
		struct alpaca_error error;

		alpaca_error_read(row->body, strlen(row->body), &error);
		if (error.envelope != row->envelope || error.code != row->code ||
			strcmp(error.message, row->message) != 0)
			fail_msg("%s: envelope %d, code %lld, message %s", row->name,
				error.envelope, (long long)error.code, error.message);
		if (alpaca_error_is_credentials(row->status, &error) != row->credentials)
			fail_msg("%s: credentials", row->name);
		if (alpaca_error_is_suspended(row->status, &error) != row->suspended)
			fail_msg("%s: suspended", row->name);
	}
}

/* The kinds of refusal that have a name of their own. */
static void test_kinds(void **state)
{
	static const struct {
		int status;
		const char *body;
		bool wash, liquidation;
	} kinds[] = {
		{403,
			"{\"code\":40310000,\"message\":\"potential wash trade detected. use "
			"complex orders\"}",
			true, false},
		{422,
			"{\"code\":42210000,\"message\":\"potential wash trade detected. use "
			"complex orders\"}",
			true, false},
		{500, "{\"code\":50010000,\"message\":\"potential wash trade detected\"}", false,
			false},
		{403, "potential wash trade detected", false, false},
		{403,
			"{\"code\":40310000,\"message\":\"account is restricted to liquidation "
			"only\"}",
			false, true},
		{422, "{\"code\":42210000,\"message\":\"Liquidation Only\"}", false, true},
		{200, "{\"message\":\"liquidation only\"}", false, false},
		{403, "{\"code\":40310000,\"message\":\"insufficient buying power\"}", false,
			false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		struct alpaca_error error;

		alpaca_error_read(kinds[i].body, strlen(kinds[i].body), &error);
		if (alpaca_error_is_wash_trade(kinds[i].status, &error) != kinds[i].wash)
			fail_msg("%s: wash trade", kinds[i].body);
		if (alpaca_error_is_liquidation_only(kinds[i].status, &error) !=
			kinds[i].liquidation)
			fail_msg("%s: liquidation only", kinds[i].body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies), cmocka_unit_test(test_kinds)};

	return cmocka_run_group_tests_name("alpaca/error", tests, NULL, NULL);
}
