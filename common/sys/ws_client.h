/*
 * ws_client.h - a WebSocket client (RFC 6455) on the loop: bufferevents, OpenSSL, framing by wslay. It never blocks.
 *
 * Promises: ws:// goes to loopback only; wss:// verifies the certificate's chain and its name (or IP address), TLS 1.2 or
 * newer, SNI for names. No proxy, redirect, extension or subprotocol. Nothing is delivered before the upgrade is proven
 * (ws_handshake.h). Our frames are masked with fresh randomness. A message is delivered whole, its fragments joined;
 * texts are checked to be UTF-8. A masked frame from the server, a reserved bit, a broken control frame or a message over
 * max_message ends the connection (wslay judges); nothing of such a message is delivered. Pings are answered.
 *
 * A connection ends once: `closed` is called exactly once, from the loop and never from inside a call of ours, unless the
 * owner frees first. Then ws_client_free is all that is left. Every callback may free.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <event2/event.h>

#include "common/sys/clock.h"

struct ws_client;

struct ws_message {
	bool binary;
	const char *bytes; /* borrowed until the callback returns; no NUL at its end */
	size_t length;
};

struct ws_end {
	const char *why; /* one sentence, for a log; borrowed */
	bool opened;	 /* the upgrade had been made */
	int status;	 /* HTTP status of a refused upgrade, 0 when there is none */
	int code;	 /* of the peer's close frame (RFC 6455, 7.4), 0 when there is none */
};

struct ws_hooks {
	void (*opened)(void *owner);
	void (*message)(void *owner, const struct ws_message *message);
	void (*closed)(void *owner, const struct ws_end *end);
	void *owner;
};

struct ws_options {
	struct event_base *base;
	const struct clock *clock;
	const char *url;     /* ws://host[:port][/path], wss://...; anything else is `closed` */
	const char *ca_file; /* NULL: the system's; read at each connect */
	const char *const *headers; /* more lines of the request, NULL-terminated; NULL = none */
	struct span connect;	    /* name, TCP and TLS together; more than 0, as all spans here */
	struct span handshake;	    /* from then until the answer's head is whole */
	struct span ping_after;	    /* of silence: a ping is sent */
	struct span silence;	    /* and then the connection counts as dead */
	size_t max_message;	    /* bytes of one message */
	struct ws_hooks hooks;
};

/* Everything is copied. Begins when the loop turns. */
struct ws_client *ws_client_new(const struct ws_options *options);
/* At once, without `closed`; safe from inside every callback. */
void ws_client_free(struct ws_client **client);

/* 0; -ENOTCONN before `opened` and after the end; -ENOBUFS when too much waits to go out: nothing of it was queued. */
int ws_client_send_text(struct ws_client *client, const char *text, size_t length) MUST_CHECK;
int ws_client_send_binary(struct ws_client *client, const void *bytes, size_t length) MUST_CHECK;

/* Says goodbye; `closed` comes when the peer has, at the latest 2 s later. */
void ws_client_close(struct ws_client *client);

/* Since the last byte from the peer. */
struct span ws_client_silence(const struct ws_client *client);
