/* test_ws_dial.c - up to the upgrade: names, deadlines, TLS, and answers that prove nothing. */
#include "common/sys/ws_client_own.h"
#include "test/unit/sys/ws_bench.h"

struct refused {
	const char *name, *head, *why;
	int status;
};

struct trust {
	const char *name, *certificate, *host;
	int days;
	bool trusted;
	const char *why; /* NULL: it opens */
};

static void refuses_a_bad_upgrade(void **state)
{
	/* clang-format off */
	static const struct refused rows[] = {
		{"bad accept", "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
			"101 whose Sec-WebSocket-Accept is not that of our key", 101},
		{"429", "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n", "the upgrade was refused with status 429", 429},
		{"401", "HTTP/1.1 401 Unauthorized\r\n\r\n", "the upgrade was refused with status 401", 401},
		{"no HTTP", "hello\r\n\r\n", "the answer to the upgrade is no HTTP", 0},
		{"half a head", "HTTP/1.1 101 Switching Protocols\r\nUpgra", "the peer hung up without a goodbye", 0},
		{"no head", "", "the peer hung up without a goodbye", 0},
	};
	/* clang-format on */

	for (size_t i = 0; i < LENGTH(rows) * 2; i++) {
		const struct refused *row = &rows[i / 2];
		struct bench *bench = again(state);

		bench->peer.head = row->head;
		bench->peer.frames = "\x81\x02no";
		bench->peer.frames_length = strstr(row->head, "\r\n\r\n") ? 4 : 0;
		bench->peer.one_by_one = i % 2 == 1;
		bench->peer.hangs_up = true;
		begin(bench, "ws", "127.0.0.1");
		over(bench, row->name, row->why);
		want_i64(row->name, bench->ear.end.status, row->status);
		want_true(row->name, !bench->ear.end.opened);
		want_i64(row->name, bench->ear.opens + bench->ear.messages, 0);
	}
}

static void refuses_an_endless_head(void **state)
{
	struct bench *bench = *state;
	AUTO(alloc_free) char *head = alloc_zero(WS_HEAD_MAX + 100);

	memset(head, 'x', WS_HEAD_MAX + 50);
	memcpy(head, "HTTP/1.1 101 X\r\nY:", 18);
	bench->peer.head = head;
	begin(bench, "ws", "127.0.0.1");
	over(bench, "endless", "the answer to the upgrade is too long");
}

static void refuses_a_url(void **state)
{
	static const struct {
		const char *url, *why;
	} rows[] = {
		{"ws://example.org/stream", "ws is for loopback only"},
		{"ws://127.0.0.2/stream", "ws is for loopback only"},
		{"http://127.0.0.1/", "not a ws or wss URL"},
		{"wss://user@127.0.0.1/", "not a plain URL of scheme, host, port and path"},
		{"stream", "not a plain URL of scheme, host, port and path"},
		{"", "not a plain URL of scheme, host, port and path"},
	};

	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct bench *bench = again(state);

		begin_url(bench, rows[i].url);
		over(bench, rows[i].url, rows[i].why);
	}
}

/* A port that is bound and not listened at. */
static void nobody_there(void **state)
{
	struct bench *bench = *state;
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(bind(fd, (struct sockaddr *)&address, length) == 0);
	must(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
	AUTO(alloc_free) char *url = alloc_print("ws://127.0.0.1:%d/", ntohs(address.sin_port));
	begin_url(bench, url);
	over(bench, "refused", "Connection refused");
	close(fd);
}

/* A label of 64 characters: no name server is asked. */
static void no_such_name(void **state)
{
	static const char url[] = "wss://"
				  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				  ".invalid/";
	struct bench *bench = *state;

	begin_url(bench, url);
	want_true("ends", turn(bench, &bench->ear.ends, 1, PATIENCE_MS));
	want_true("why", strstr(bench->ear.why, "aaa.invalid: ") != NULL);
}

/* As with localhost, which may be ::1 first, where nobody listens: here a port that refuses stands before what is found. */
static void tries_the_next_address(void **state)
{
	struct bench *bench = *state;
	struct sockaddr_in dead = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(dead);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(bind(fd, (struct sockaddr *)&dead, length) == 0);
	must(getsockname(fd, (struct sockaddr *)&dead, &length) == 0);
	begin(bench, "ws", "127.0.0.1");
	struct ws_address *first = &bench->ear.client->addresses[bench->ear.client->found++];
	memcpy(&first->bytes, &dead, sizeof(dead));
	first->length = sizeof(dead);
	want_true("open", turn(bench, &bench->ear.opens, 1, PATIENCE_MS));
	close(fd);
}

static void deadlines(void **state)
{
	struct bench *bench = *state;

	bench->handshake = span_ms(100);
	bench->peer.silent = true;
	begin(bench, "ws", "127.0.0.1");
	over(bench, "handshake", "no answer to the upgrade in time");

	bench = again(state);
	bench->connect = span_ms(100);
	bench->peer.tls = NULL;
	bench->peer.deaf = true; /* TLS that never answers */
	begin(bench, "wss", "127.0.0.1");
	over(bench, "connect", "no connection in time");
}

static void verifies(void **state)
{
	/* clang-format off */
	static const struct trust rows[] = {
		{"by name", "DNS:localhost", "localhost", 30, true, NULL},
		{"by address", "IP:127.0.0.1", "127.0.0.1", 30, true, NULL},
		{"an address as a name", "DNS:127.0.0.1", "127.0.0.1", 30, true, "TLS: the certificate is refused: IP address mismatch"},
		{"another name", "DNS:other.example", "localhost", 30, true, "TLS: the certificate is refused: hostname mismatch"},
		{"a wildcard that does not reach", "DNS:*.localhost", "localhost", 30, true, "TLS: the certificate is refused: hostname mismatch"},
		{"run out", "DNS:localhost", "localhost", -1, true, "TLS: the certificate is refused: certificate has expired"},
		{"not trusted", "DNS:localhost", "localhost", 30, false, "TLS: the certificate is refused: self-signed certificate"},
	};
	/* clang-format on */
	char file[] = "/tmp/hybridhub-ws-XXXXXX";
	int fd = mkstemp(file);

	must(fd >= 0);
	close(fd);
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct bench *bench = again(state);
		SSL_CTX *tls = peer_certificate(rows[i].certificate, rows[i].days, file);

		bench->peer.tls = tls;
		bench->ca_file = rows[i].trusted ? file : NULL;
		bench->peer.frames = "\x81\x02hi";
		bench->peer.frames_length = 4;
		begin(bench, "wss", rows[i].host);
		if (rows[i].why) {
			over(bench, rows[i].name, rows[i].why);
			want_str(rows[i].name, bench->peer.request,
				""); /* no key of ours has left */
		} else {
			want_true(rows[i].name, turn(bench, &bench->ear.messages, 1, PATIENCE_MS));
		}
		SSL_CTX_free(tls);
	}
	unlink(file);
}

static void needs_a_ca(void **state)
{
	struct bench *bench = *state;

	bench->ca_file = "/nowhere/ca.pem";
	begin(bench, "wss", "localhost");
	over(bench, "no file", "/nowhere/ca.pem: no certificates that can be read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refuses_a_bad_upgrade),
		TEST(refuses_an_endless_head),
		TEST(refuses_a_url),
		TEST(nobody_there),
		TEST(no_such_name),
		TEST(tries_the_next_address),
		TEST(deadlines),
		TEST(verifies),
		TEST(needs_a_ca),
	};

	return cmocka_run_group_tests_name("ws_dial", tests, NULL, NULL);
}
