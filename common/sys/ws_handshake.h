/*
 * ws_handshake.h - the opening handshake of RFC 6455, as text. Pure but for the key, which is random.
 * ws_accept is both sides'; the rest is the client's (the server's is where the HTTP server is).
 */
#pragma once

#include <stddef.h>

#include "common/sys/attr.h"
#include "common/sys/http.h"

enum {
	WS_KEY_TEXT = 25,    /* 16 bytes in base64 */
	WS_ACCEPT_TEXT = 29, /* 20 bytes in base64 */
	WS_HEAD_MAX = 16 * 1024,
	WS_WHY = 200,
};

/* A fresh Sec-WebSocket-Key (4.1, item 7). */
void ws_key(char out[static WS_KEY_TEXT]);

/* Sec-WebSocket-Accept of a key (4.2.2, item 5.4). */
void ws_accept(const char *key, char out[static WS_ACCEPT_TEXT]);

/* The client's request, to its blank line. headers: more lines `Name: value`, NULL-terminated, or NULL; one with a line
 * break in it would be two, so a caller's text must be checked before. The caller frees (alloc_free). */
char *ws_request(const struct http_url *url, const char *key, const char *const *headers);

/*
 * Judges the answer's head, to its blank line: NUL-terminated, length bytes. 0; or -EPROTO with a sentence in why and
 * in *status_out the HTTP status when there is one (0: that is no HTTP). Accepted is 101 over HTTP/1.1 with one Upgrade
 * of `websocket`, a Connection with `upgrade`, one Sec-WebSocket-Accept that fits the key, and no extension or
 * subprotocol, since none was offered (4.1, items 1 to 6). Names are compared in any case, the accept exactly.
 */
int ws_judge(const char *head, size_t length, const char *key, int *status_out,
	char why[static WS_WHY]) MUST_CHECK;
