/* ws_client_own.h - what ws_client.c (its life), ws_dial.c (to the upgrade) and ws_frame.c (behind it) share; nobody else
 * includes it. */
#pragma once

#include <event2/bufferevent.h>
#include <openssl/ssl.h>
#include <wslay/wslay.h>

#include "common/sys/lookup.h"
#include "common/sys/ws_client.h"
#include "common/sys/ws_handshake.h"

enum {
	WS_ADDRESSES = 4, /* of one name that are tried, one after the other */
};

enum ws_phase {
	WS_WAITING, /* for the loop */
	WS_CONNECTING,
	WS_SHAKING,
	WS_OPEN,
	WS_CLOSING, /* a close frame is sent or to be sent */
	WS_ENDED,   /* closed() is due, or was called */
};

struct ws_client {
	struct event_base *base;
	const struct clock *clock;
	char *url, *ca_file;
	char **headers; /* NULL-terminated, or NULL */
	struct span connect, handshake, ping_after, silence;
	size_t max_message;
	struct ws_hooks hooks;

	struct http_url parts;
	struct lookup *lookup;

	struct ws_address {
		struct sockaddr_storage bytes;
		socklen_t length;
	} addresses[WS_ADDRESSES];

	size_t found, tried;
	struct bufferevent *bev;
	SSL *ssl; /* bev's; NULL without TLS */
	wslay_event_context_ptr frames;
	struct event *timer;
	enum ws_phase phase;
	char key[WS_KEY_TEXT];
	struct mono heard_at;
	bool pinged; /* since it was last heard */
	char why[WS_WHY];
	struct ws_end end;
	bool told;   /* closed() was called */
	int entered; /* callbacks of ours on the stack */
	bool freed;
};

/* Every callback that may reach the owner stands between these two. */
void ws_enter(struct ws_client *client);
void ws_leave(struct ws_client *client);
/* The end, told when the loop turns: whoever calls us may stand inside wslay or a bufferevent. Only the first counts. */
void ws_end(struct ws_client *client, const char *why);
/* When the timer looks at the phase again. */
void ws_wait(struct ws_client *client, struct span span);
/* Ends what a connection holds; the client itself stays. */
void ws_hang_up(struct ws_client *client);

/* Begins to connect; opens framing once the upgrade is proven. */
void ws_dial(struct ws_client *client);

void ws_frame_begin(struct ws_client *client);
/* Takes what has come. */
void ws_frame_read(struct ws_client *client);
/* Sends what wslay has queued, and sees whether framing is over. */
void ws_frame_flush(struct ws_client *client);
void ws_frame_ping(struct ws_client *client);
