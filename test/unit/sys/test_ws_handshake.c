/* test_ws_handshake.c - the opening handshake of RFC 6455 as text. */
#include "common/sys/ws_handshake.h"

#include "common/sys/alloc.h"
#include "test/unit/unit.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define OK101 "HTTP/1.1 101 Switching Protocols\r\n"

static void accepts_the_key(void **state)
{
	char accept[WS_ACCEPT_TEXT];

	(void)state;
	ws_accept(KEY, accept);
	want_str("RFC 6455, 1.3", accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void makes_a_key_of_16_bytes(void **state)
{
	char first[WS_KEY_TEXT], second[WS_KEY_TEXT];

	(void)state;
	ws_key(first);
	ws_key(second);
	want_i64("length", strlen(first), 24);
	want_str("padding", first + 22, "==");
	want_true("fresh", strcmp(first, second) != 0);
}

static void asks(void **state)
{
	static const struct {
		const char *url, *lines;
	} rows[] = {
		{"wss://paper-api.alpaca.markets/stream",
			"GET /stream HTTP/1.1\r\nHost: paper-api.alpaca.markets\r\n"},
		{"wss://example.org:8443", "GET / HTTP/1.1\r\nHost: example.org:8443\r\n"},
		{"ws://127.0.0.1:80/a/b", "GET /a/b HTTP/1.1\r\nHost: 127.0.0.1\r\n"},
		{"ws://[::1]:9000/x", "GET /x HTTP/1.1\r\nHost: [::1]:9000\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		static const char *const headers[] = {"A: 1", "B: 2", NULL};
		struct http_url url;
		want_true(rows[i].url, http_url_split(rows[i].url, &url));
		AUTO(alloc_free) char *text = ws_request(&url, KEY, headers);
		AUTO(alloc_free)
		char *want = alloc_print("%sUpgrade: websocket\r\nConnection: Upgrade\r\n"
					 "Sec-WebSocket-Key: " KEY "\r\n"
					 "Sec-WebSocket-Version: 13\r\n"
					 "User-Agent: hybridhub/1\r\nA: 1\r\nB: 2\r\n\r\n",
			rows[i].lines);
		want_str(rows[i].url, text, want);
	}
}

static void judges(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *head;
		int status;
		const char *why; /* NULL: accepted */
	} rows[] = {
		{"as it should be", OK101 UPGRADE CONNECTION ACCEPT "\r\n", 101, NULL},
		{"any case and order, spaces, a list, other headers", "HTTP/1.1 101\r\nserver: x\r\nsec-websocket-ACCEPT:s3pPLMBiTxaQ9kYGzzhZRbK+xOo= \r\n"
			"connection: keep-alive ,  upgrade\r\nupgrade:\tWebSocket\r\n\r\n", 101, NULL},
		{"no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", 0, "the answer to the upgrade is no HTTP"},
		{"nothing", "\r\n\r\n", 0, "the answer to the upgrade is no HTTP"},
		{"HTTP/2", "HTTP/2.0 101 Yes\r\n\r\n", 0, "the answer to the upgrade is no HTTP"},
		{"four digits", "HTTP/1.1 1010 Yes\r\n\r\n", 0, "the answer to the upgrade is no HTTP"},
		{"HTTP/1.0", "HTTP/1.0 101 Yes\r\n" UPGRADE CONNECTION ACCEPT "\r\n", 101, "the upgrade was refused with status 101"},
		{"200", "HTTP/1.1 200 OK\r\n" UPGRADE CONNECTION ACCEPT "\r\n", 200, "the upgrade was refused with status 200"},
		{"429", "HTTP/1.1 429 Too Many Requests\r\n\r\n", 429, "the upgrade was refused with status 429"},
		{"302 to elsewhere", "HTTP/1.1 302 Found\r\nLocation: wss://evil\r\n\r\n", 302, "the upgrade was refused with status 302"},
		{"no Upgrade", OK101 CONNECTION ACCEPT "\r\n", 101, "101 without `Upgrade: websocket`"},
		{"Upgrade to h2c", OK101 "Upgrade: h2c\r\n" CONNECTION ACCEPT "\r\n", 101, "101 without `Upgrade: websocket`"},
		{"two Upgrades", OK101 UPGRADE UPGRADE CONNECTION ACCEPT "\r\n", 101, "101 without `Upgrade: websocket`"},
		{"no Connection", OK101 UPGRADE ACCEPT "\r\n", 101, "101 without `Connection: Upgrade`"},
		{"Connection: upgraded", OK101 UPGRADE "Connection: upgraded\r\n" ACCEPT "\r\n", 101, "101 without `Connection: Upgrade`"},
		{"no accept", OK101 UPGRADE CONNECTION "\r\n", 101, "101 whose Sec-WebSocket-Accept is not that of our key"},
		{"another's accept", OK101 UPGRADE CONNECTION "Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n\r\n", 101, "101 whose Sec-WebSocket-Accept is not that of our key"},
		{"accept in capitals", OK101 UPGRADE CONNECTION "Sec-WebSocket-Accept: S3PPLMBITXAQ9KYGZZHZRBK+XOO=\r\n\r\n", 101, "101 whose Sec-WebSocket-Accept is not that of our key"},
		{"accept cut", OK101 UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo\r\n\r\n", 101, "101 whose Sec-WebSocket-Accept is not that of our key"},
		{"two accepts", OK101 UPGRADE CONNECTION ACCEPT ACCEPT "\r\n", 101, "101 whose Sec-WebSocket-Accept is not that of our key"},
		{"an extension", OK101 UPGRADE CONNECTION ACCEPT "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 101, "101 with an extension or subprotocol that was not offered"},
		{"a subprotocol", OK101 UPGRADE CONNECTION ACCEPT "Sec-WebSocket-Protocol: chat\r\n\r\n", 101, "101 with an extension or subprotocol that was not offered"},
		{"a folded accept", OK101 UPGRADE CONNECTION "X: y\r\n " ACCEPT "\r\n", 101, "101 whose Sec-WebSocket-Accept is not that of our key"},
	};

	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char why[WS_WHY] = "";
		int status = -1;
		int r = ws_judge(rows[i].head, strlen(rows[i].head), KEY, &status, why);

		want_i64(rows[i].name, r == 0, rows[i].why == NULL);
		want_i64(rows[i].name, status, rows[i].status);
		want_str(rows[i].name, why, rows[i].why ? rows[i].why : "");
	}
}

static void refuses_a_nul(void **state)
{
	static const char head[] = OK101 UPGRADE CONNECTION ACCEPT "X: \0\r\n\r\n";
	char why[WS_WHY] = "";
	int status;

	(void)state;
	want_true("NUL", ws_judge(head, sizeof(head) - 1, KEY, &status, why) < 0);
	want_str("why", why, "a head with a NUL in it");
}

/* Whatever the bytes are, only the right head passes: each byte of it replaced by each of a few. */
static void refuses_every_changed_byte_that_matters(void **state)
{
	static const char good[] = OK101 UPGRADE CONNECTION ACCEPT "\r\n";
	const size_t accept = strlen(OK101 UPGRADE CONNECTION "Sec-WebSocket-Accept: ");

	(void)state;
	for (size_t at = accept; at < accept + 28; at++) {
		char head[sizeof(good)], why[WS_WHY];
		int status;

		memcpy(head, good, sizeof(good));
		head[at] = head[at] == 'A' ? 'B' : 'A';
		want_true("changed accept", ws_judge(head, strlen(head), KEY, &status, why) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_the_key),
		cmocka_unit_test(makes_a_key_of_16_bytes),
		cmocka_unit_test(asks),
		cmocka_unit_test(judges),
		cmocka_unit_test(refuses_a_nul),
		cmocka_unit_test(refuses_every_changed_byte_that_matters),
	};

	return cmocka_run_group_tests_name("ws_handshake", tests, NULL, NULL);
}
