/* ws_bench.h - a client, its ear and a peer on one loop, for the tests of ws_client.h. */
#pragma once

#include "common/sys/ws_client.h"
#include "test/unit/unit.h"

#include "test/unit/sys/ws_peer.h"

/* Bytes with their length, so that they may hold a NUL. */
#define BYTES(text) (text), sizeof(text) - 1

enum {
	MAX_MESSAGE = 70 * 1024,
	PATIENCE_MS = 10000, /* for what should happen */
};

struct ear {
	struct ws_client *client;
	int opens, messages, ends;
	char said[4096]; /* `t:` or `b:` and the bytes of each message, joined by blanks */
	size_t longest;
	struct ws_end end;
	char why[WS_WHY];
	const char *free_in; /* "opened", "message", "closed" */
	bool closes;	     /* at the first message */
};

struct bench {
	struct event_base *base;
	struct peer peer;
	struct ear ear;
	const char *ca_file;
	struct span silence, ping_after, handshake, connect;
};

static inline void maybe_free(struct ear *ear, const char *where)
{
	if (ear->free_in && strcmp(ear->free_in, where) == 0)
		ws_client_free(&ear->client);
}

static inline void opened(void *owner)
{
	struct ear *ear = owner;

	ear->opens++;
	maybe_free(ear, "opened");
}

static inline void message(void *owner, const struct ws_message *message)
{
	struct ear *ear = owner;
	size_t used = strlen(ear->said);

	ear->messages++;
	if (message->length > ear->longest)
		ear->longest = message->length;
	if (message->length < 200)
		snprintf(ear->said + used, sizeof(ear->said) - used, "%s%s:%.*s", used ? " " : "",
			message->binary ? "b" : "t", (int)message->length, message->bytes);
	if (ear->closes)
		ws_client_close(ear->client);
	maybe_free(ear, "message");
}

static inline void closed(void *owner, const struct ws_end *end)
{
	struct ear *ear = owner;

	ear->ends++;
	ear->end = *end;
	snprintf(ear->why, sizeof(ear->why), "%s", end->why);
	maybe_free(ear, "closed");
}

static inline void on_time(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	*(bool *)owner = true;
}

/* Turns the loop until *number is least, or that long; true when it is. */
static inline bool turn(struct bench *bench, const int *number, int least, int ms)
{
	struct timeval most = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	bool over = false;
	struct event *timer = evtimer_new(bench->base, on_time, &over);

	event_add(timer, &most);
	while (*number < least && !over)
		event_base_loop(bench->base, EVLOOP_ONCE);
	event_free(timer);
	return *number >= least;
}

static inline int set_up(void **state)
{
	struct bench *bench = alloc_zero(sizeof(*bench));

	bench->base = event_base_new();
	bench->silence = bench->ping_after = bench->handshake = bench->connect = span_sec(20);
	peer_open(&bench->peer, bench->base, NULL);
	*state = bench;
	return 0;
}

static inline int tear_down(void **state)
{
	struct bench *bench = *state;

	ws_client_free(&bench->ear.client);
	peer_close(&bench->peer);
	event_base_free(bench->base);
	alloc_free(state);
	return 0;
}

static inline void begin_url(struct bench *bench, const char *url)
{
	static const char *const headers[] = {"X-More: yes", NULL};

	bench->ear.client = ws_client_new(&(struct ws_options){.base = bench->base,
		.clock = clock_system(),
		.url = url,
		.ca_file = bench->ca_file,
		.headers = headers,
		.connect = bench->connect,
		.handshake = bench->handshake,
		.ping_after = bench->ping_after,
		.silence = bench->silence,
		.max_message = MAX_MESSAGE,
		.hooks = {opened, message, closed, &bench->ear}});
	want_i64("never from inside", bench->ear.ends, 0);
}

static inline void begin(struct bench *bench, const char *scheme, const char *host)
{
	AUTO(alloc_free)
	char *url = alloc_print("%s://%s:%d/stream", scheme, host, bench->peer.port);

	begin_url(bench, url);
}

static inline void over(struct bench *bench, const char *name, const char *why)
{
	want_true(name, turn(bench, &bench->ear.ends, 1, PATIENCE_MS));
	want_str(name, bench->ear.why, why);
	want_i64(name, bench->ear.ends, 1);
}

/* Again with a fresh peer, for tables. */
static inline struct bench *again(void **state)
{
	tear_down(state);
	set_up(state);
	return *state;
}

/* Waits for the n-th frame that the peer hears; its opcode, its text and that it is masked. */
static inline void heard(struct bench *bench, int nth, int opcode, const char *text)
{
	char got[256] = "";
	bool masked = false;

	for (int i = 0; i < PATIENCE_MS / 20 &&
			peer_frame(&bench->peer, nth, got, sizeof(got), &masked) < 0;
		i++)
		turn(bench, &bench->ear.ends, bench->ear.ends + 1, 20);
	want_i64("opcode", peer_frame(&bench->peer, nth, got, sizeof(got), &masked), opcode);
	want_str("text", got, text);
	want_true("masked", masked);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
