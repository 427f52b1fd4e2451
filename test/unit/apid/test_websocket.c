/* test_websocket.c - the opening handshake. */
#include "apid/websocket.h"

#include "test/unit/unit.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

static void judges_offers(void **state)
{
	static const struct {
		const char *name;
		struct websocket_offer offer;
		enum websocket_verdict verdict;
	} cases[] = {
		{"a browser's", {true, true, "websocket", "keep-alive, Upgrade", KEY, "13"},
			WEBSOCKET_OK},
		{"Dart's lower case", {true, true, "WebSocket", "upgrade", KEY, "13"},
			WEBSOCKET_OK},
		{"none", {true, true, NULL, "keep-alive", NULL, NULL}, WEBSOCKET_NONE},
		{"POST", {false, true, "websocket", "Upgrade", KEY, "13"}, WEBSOCKET_BAD},
		{"HTTP/1.0", {true, false, "websocket", "Upgrade", KEY, "13"}, WEBSOCKET_BAD},
		{"h2c", {true, true, "h2c", "Upgrade", KEY, "13"}, WEBSOCKET_BAD},
		{"Connection says nothing", {true, true, "websocket", NULL, KEY, "13"},
			WEBSOCKET_BAD},
		{"no key", {true, true, "websocket", "Upgrade", NULL, "13"}, WEBSOCKET_BAD},
		{"short key", {true, true, "websocket", "Upgrade", "dGhlIHNhbXBsZQ==", "13"},
			WEBSOCKET_BAD},
		{"version 8", {true, true, "websocket", "Upgrade", KEY, "8"},
			WEBSOCKET_BAD_VERSION},
		{"no version", {true, true, "websocket", "Upgrade", KEY, NULL},
			WEBSOCKET_BAD_VERSION},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		want_i64(cases[i].name, websocket_judge(&cases[i].offer), cases[i].verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_offers),
	};

	return cmocka_run_group_tests_name("websocket", tests, NULL, NULL);
}
