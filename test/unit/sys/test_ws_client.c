/* test_ws_client.c - frames and messages of the WebSocket client, against a peer that says what it should not. */
#include "test/unit/sys/ws_bench.h"

static void talks(void **state)
{
	struct bench *bench = *state;

	bench->peer.frames = "\x81\x02hi\x82\x03\x01\x00\x02";
	bench->peer.frames_length = 9;
	begin(bench, "ws", "127.0.0.1");
	want_i64("before", ws_client_send_text(bench->ear.client, "x", 1), -ENOTCONN);
	want_true("messages", turn(bench, &bench->ear.messages, 2, PATIENCE_MS));
	want_i64("opens", bench->ear.opens, 1);
	want_str("both kinds", bench->ear.said, "t:hi b:\x01");
	want_true("path", strncmp(bench->peer.request, "GET /stream HTTP/1.1\r\n", 22) == 0);
	want_true("header", strstr(bench->peer.request, "\r\nX-More: yes\r\n") != NULL);

	want_i64("text", ws_client_send_text(bench->ear.client, "one", 3), 0);
	want_i64("binary", ws_client_send_binary(bench->ear.client, "two", 3), 0);
	heard(bench, 0, 1, "one");
	heard(bench, 1, 2, "two");
	want_true("fresh masks", memcmp(bench->peer.heard + 2, bench->peer.heard + 11, 4) != 0);
}

struct said {
	const char *name;
	const char *frames;
	size_t length;
	const char *heard;
	const char *why; /* NULL: it stays open */
};

/* clang-format off */
static const struct said says[] = {
	{"a text", BYTES("\x81\x02hi"), "t:hi", NULL},
	{"an empty one", BYTES("\x81\x00\x81\x01x"), "t: t:x", NULL},
	{"fragments with a ping between", BYTES("\x01\x02he\x89\x01p\x00\x02ll\x80\x01o\x81\x01x"), "t:hello t:x", NULL},
	{"a long length for a short text", BYTES("\x81\x7e\x00\x02hi"), "", "the peer broke the protocol"},
	{"UTF-8 across fragments", BYTES("\x01\x01\xc3\x80\x01\xa9"), "t:\xc3\xa9", NULL},
	{"not UTF-8", BYTES("\x81\x02\xc3\x28"), "", "a text that is not UTF-8"},
	{"half a character", BYTES("\x81\x01\xc3"), "", "a text that is not UTF-8"},
	{"bytes that are not UTF-8", BYTES("\x82\x02\xc3\x28"), "b:\xc3\x28", NULL},
	{"masked by the server", BYTES("\x81\x82\x01\x02\x03\x04ij"), "", "the peer broke the protocol"},
	{"a reserved bit", BYTES("\xc1\x02hi"), "", "the peer broke the protocol"},
	{"an unknown opcode", BYTES("\x83\x02hi"), "", "the peer broke the protocol"},
	{"an unknown control opcode", BYTES("\x8b\x00"), "", "the peer broke the protocol"},
	{"a fragmented ping", BYTES("\x09\x01x"), "", "the peer broke the protocol"},
	{"a ping of 126 bytes", BYTES("\x89\x7e\x00\x7e"), "", "the peer broke the protocol"},
	{"a continuation of nothing", BYTES("\x80\x02hi"), "", "the peer broke the protocol"},
	{"a text inside a text", BYTES("\x01\x02he\x81\x02hi"), "", "the peer broke the protocol"},
	{"a good one, then a bad one", BYTES("\x81\x02ok\xc1\x02no"), "t:ok", "the peer broke the protocol"},
	{"a frame over the cap", BYTES("\x82\x7f\x00\x00\x00\x00\x00\x01\x18\x01x"), "", "a message over 71680 bytes"},
	{"a frame of 2^62 bytes", BYTES("\x82\x7f\x40\x00\x00\x00\x00\x00\x00\x00x"), "", "a message over 71680 bytes"},
	{"a frame of 2^63 bytes", BYTES("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00"), "", "the peer broke the protocol"},
	{"a close", BYTES("\x88\x02\x03\xe8"), "", "the peer closed the connection with code 1000"},
	{"a close with words", BYTES("\x88\x05\x0b\xb8" "bye"), "", "the peer closed the connection with code 3000"},
	{"a close without code", BYTES("\x88\x00"), "", "the peer closed the connection with code 1005"},
	{"a close of one byte", BYTES("\x88\x01\x03"), "", "the peer closed the connection with code 1005"},
	{"a text, a close, a text", BYTES("\x81\x02ok\x88\x02\x03\xe9\x81\x02no"), "t:ok", "the peer closed the connection with code 1001"},
};

/* clang-format on */

static void hears(void **state)
{
	for (size_t i = 0; i < LENGTH(says) * 2; i++) {
		const struct said *row = &says[i / 2];
		struct bench *bench = again(state);

		bench->peer.frames = row->frames;
		bench->peer.frames_length = row->length;
		bench->peer.one_by_one = i % 2 == 1;
		begin(bench, "ws", "127.0.0.1");
		if (row->why) {
			over(bench, row->name, row->why);
		} else {
			int least = 1 + (strchr(row->heard, ' ') != NULL);
			want_true(row->name, turn(bench, &bench->ear.messages, least, PATIENCE_MS));
			want_i64(row->name, bench->ear.ends, 0);
		}
		want_str(row->name, bench->ear.said, row->heard);
		want_i64(row->name, bench->ear.opens, 1);
		want_true(row->name, bench->ear.ends == 0 || bench->ear.end.opened);
	}
}

/* The largest that may pass, in fragments that only together are too long, and one byte more. */
static void caps_a_message(void **state)
{
	static const size_t sizes[] = {MAX_MESSAGE, MAX_MESSAGE + 1};

	for (size_t i = 0; i < LENGTH(sizes); i++) {
		struct bench *bench = again(state);
		size_t half = sizes[i] / 2, rest = sizes[i] - half;
		AUTO(alloc_free) char *bytes = alloc_zero(sizes[i] + 20);
		const size_t parts[] = {half, rest};
		size_t at = 0;

		for (size_t part = 0; part < 2; part++) {
			bytes[at++] = part == 0 ? '\x02' : '\x80';
			bytes[at++] = 0x7f;
			at += 4;
			bytes[at++] = (char)(parts[part] >> 24);
			bytes[at++] = (char)(parts[part] >> 16);
			bytes[at++] = (char)(parts[part] >> 8);
			bytes[at++] = (char)parts[part];
			if (parts[part] < 65536) { /* the length in its shortest form */
				at -= 9;
				bytes[at++] = 0x7e;
				bytes[at++] = (char)(parts[part] >> 8);
				bytes[at++] = (char)parts[part];
			}
			memset(bytes + at, 'x', parts[part]);
			at += parts[part];
		}
		bench->peer.frames = bytes;
		bench->peer.frames_length = at;
		begin(bench, "ws", "127.0.0.1");
		if (sizes[i] == MAX_MESSAGE) {
			want_true("fits", turn(bench, &bench->ear.messages, 1, PATIENCE_MS));
			want_i64("whole", bench->ear.longest, MAX_MESSAGE);
		} else {
			over(bench, "one more", "a message over 71680 bytes");
			want_i64("nothing of it", bench->ear.messages, 0);
		}
	}
}

static void pings_and_gives_up(void **state)
{
	struct bench *bench = *state;
	char text[256];
	bool masked;

	bench->ping_after = span_ms(50);
	bench->silence = span_ms(300);
	begin(bench, "ws", "127.0.0.1");
	over(bench, "silence", "nothing was heard for too long");
	want_i64("one ping", peer_frame(&bench->peer, 0, text, sizeof(text), &masked), 9);
	want_i64("and no second", peer_frame(&bench->peer, 1, text, sizeof(text), &masked), -1);
}

/* A pong breaks the silence: after each comes another ping. */
static void lives_by_pongs(void **state)
{
	struct bench *bench = *state;

	bench->ping_after = span_ms(30);
	begin(bench, "ws", "127.0.0.1");
	for (int pongs = 0; pongs < 5; pongs++) {
		heard(bench, pongs, 9, "");
		peer_say(&bench->peer, "\x8a\x00", 2);
	}
	want_i64("still there", bench->ear.ends, 0);
}

static void answers_a_ping(void **state)
{
	struct bench *bench = *state;

	bench->peer.frames = "\x89\x04"
			     "echo";
	bench->peer.frames_length = 6;
	begin(bench, "ws", "127.0.0.1");
	heard(bench, 0, 10, "echo");
}

static void says_goodbye(void **state)
{
	struct bench *bench = *state;

	begin(bench, "ws", "127.0.0.1");
	want_true("open", turn(bench, &bench->ear.opens, 1, PATIENCE_MS));
	ws_client_close(bench->ear.client);
	want_i64("no more", ws_client_send_text(bench->ear.client, "x", 1), -ENOTCONN);
	heard(bench, 0, 8, "\x03\xe8");
	peer_say(&bench->peer, "\x88\x02\x03\xe8", 4);
	over(bench, "answered", "the peer closed the connection with code 1000");

	bench = again(state);
	begin(bench, "ws", "127.0.0.1");
	want_true("open", turn(bench, &bench->ear.opens, 1, PATIENCE_MS));
	ws_client_close(bench->ear.client);
	over(bench, "not answered", "the peer did not say goodbye");
}

static void closes_from_inside(void **state)
{
	struct bench *bench = *state;

	bench->ear.closes = true;
	bench->peer.frames = "\x81\x01"
			     "1\x81\x01"
			     "2";
	bench->peer.frames_length = 6;
	begin(bench, "ws", "127.0.0.1");
	heard(bench, 0, 8, "\x03\xe8");
	peer_say(&bench->peer, "\x88\x02\x03\xe8", 4);
	over(bench, "closed", "the peer closed the connection with code 1000");
	want_str("one message", bench->ear.said, "t:1");
}

static void frees_from_inside(void **state)
{
	static const char *const where[] = {"opened", "message", "closed"};

	for (size_t i = 0; i < LENGTH(where); i++) {
		struct bench *bench = again(state);
		int never = 0;

		bench->ear.free_in = where[i];
		bench->peer.frames = "\x81\x01"
				     "1\x81\x01"
				     "2\x88\x02\x03\xe8";
		bench->peer.frames_length = 10;
		begin(bench, "ws", "127.0.0.1");
		while (bench->ear.client)
			turn(bench, &never, 1, 20);
		turn(bench, &never, 1, 50);
		want_i64(where[i], bench->ear.opens, 1);
		want_i64(where[i], bench->ear.messages, (int64_t)i);
		want_i64(where[i], bench->ear.ends, i == 2);
	}
}

/* At every moment of its life, told by how often the loop has turned. */
static void frees_at_any_time(void **state)
{
	for (int turns = 0; turns < 30; turns++) {
		struct bench *bench = again(state);

		bench->peer.frames = "\x81\x01"
				     "1";
		bench->peer.frames_length = 3;
		bench->peer.one_by_one = true;
		begin(bench, turns % 2 ? "ws" : "wss", turns % 3 ? "127.0.0.1" : "localhost");
		for (int i = 0; i < turns; i++)
			event_base_loop(bench->base, EVLOOP_NONBLOCK);
		ws_client_free(&bench->ear.client);
		event_base_loop(bench->base, EVLOOP_NONBLOCK);
	}
}

static void refuses_to_pile_up(void **state)
{
	struct bench *bench = *state;
	AUTO(alloc_free) char *bytes = alloc_zero(64 * 1024);
	int sent = 0;

	begin(bench, "ws", "127.0.0.1");
	want_true("open", turn(bench, &bench->ear.opens, 1, PATIENCE_MS));
	while (sent < 100 && ws_client_send_binary(bench->ear.client, bytes, 64 * 1024) == 0)
		sent++;
	want_true("an end to it", sent >= 1 && sent <= 4);
	want_i64("what it says", ws_client_send_binary(bench->ear.client, bytes, 64 * 1024),
		-ENOBUFS);
	want_i64("it lives", bench->ear.ends, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(talks),
		TEST(hears),
		TEST(caps_a_message),
		TEST(pings_and_gives_up),
		TEST(lives_by_pongs),
		TEST(answers_a_ping),
		TEST(says_goodbye),
		TEST(closes_from_inside),
		TEST(frees_from_inside),
		TEST(frees_at_any_time),
		TEST(refuses_to_pile_up),
	};

	return cmocka_run_group_tests_name("ws_client", tests, NULL, NULL);
}
