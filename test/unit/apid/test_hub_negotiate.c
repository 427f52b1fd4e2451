/* test_hub_negotiate.c - negotiate's answers and the token that binds a socket to a person. */
#include "apid/hub_negotiate.h"

#include "common/sys/alloc.h"
#include "test/unit/unit.h"

#define TRANSPORTS                                                                                 \
	"\"availableTransports\":[{\"transport\":\"WebSockets\",\"transferFormats\":[\"Text\"]}]"
#define V0 "{\"negotiateVersion\":0,\"connectionId\":\"TOKEN\"," TRANSPORTS "}"
#define V1                                                                                         \
	"{\"negotiateVersion\":1,\"connectionId\":\"PUBLIC\",\"connectionToken\":"                 \
	"\"TOKEN\"," TRANSPORTS "}"

static void answers(void **state)
{
	static const struct {
		const char *name, *version, *body;
	} cases[] = {
		{"signalr_core asks without a version", NULL, V0},
		{"version 0", "0", V0},
		{"version 1", "1", V1},
		{"a later version gets ours", "7", V1},
		{"no integer", "1.5",
			"{\"error\":\"The client requested a non-integer protocol version.\"}"},
		{"no number", "x",
			"{\"error\":\"The client requested a non-integer protocol version.\"}"},
		{"empty", "",
			"{\"error\":\"The client requested a non-integer protocol version.\"}"},
		{"negative", "-1",
			"{\"error\":\"The client requested version is not supported.\"}"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		AUTO(alloc_free)
		char *body = hub_negotiate_print(cases[i].version, "PUBLIC", "TOKEN");

		want_str(cases[i].name, body, cases[i].body);
	}
}

static void binds_tokens(void **state)
{
	static const uint8_t random[HUB_ID_BYTES] = {1, 2, 3};
	const struct wall now = {INT64_C(1764081000) * 1000000};
	char token[HUB_TOKEN_TEXT], changed[HUB_TOKEN_TEXT];

	(void)state;
	hub_token_make("alice", random, now, token);
	want_true("at once", hub_token_holds(token, "alice", now));
	want_true("after 30 s", hub_token_holds(token, "alice", wall_add(now, span_sec(30))));
	want_true("not after 31 s", !hub_token_holds(token, "alice", wall_add(now, span_sec(31))));
	want_true("not for somebody else", !hub_token_holds(token, "bob", now));
	want_true("nothing", !hub_token_holds("", "alice", now));
	want_true("URL-safe", strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					    "0123456789-_") == strlen(token));
	for (size_t i = 0; i < strlen(token); i++) {
		memcpy(changed, token, sizeof(changed));
		changed[i] = changed[i] == 'A' ? 'E' : 'A';
		want_true("one character changed", !hub_token_holds(changed, "alice", now));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(binds_tokens),
	};

	return cmocka_run_group_tests_name("hub_negotiate", tests, NULL, NULL);
}
