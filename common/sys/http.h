/*
 * http.h - HTTP client: libcurl's multi interface on the loop.
 *
 * Three outcomes: DONE a complete response came (any status; the caller judges it), REFUSED provably not one byte of
 * the request was sent, UNKNOWN anything else. Never follows a redirect (-L hands our keys to the next host), never
 * uses a proxy or .netrc, verifies TLS >= 1.2, accepts http only where the URL's host is loopback, HTTP/1.1 only,
 * no compression, responses to 4 MiB (max_body). rc == 0 is no answer by itself: half a response header gives rc 0,
 * status 200 and an empty body (measured), so DONE also needs the blank line that ends the header.
 */
#pragma once

#include <stdbool.h>

#include <event2/event.h>

#include "common/sys/clock.h"
#include "common/sys/log.h"

struct http;
struct http_response;

enum http_outcome {
	HTTP_DONE,
	HTTP_REFUSED,
	HTTP_UNKNOWN,
};

struct http_request {
	const char *method; /* GET, POST, DELETE */
	const char *url;
	const char *const *headers;	      /* NULL-terminated "Name: value" */
	const char *body;		      /* NULL = none */
	struct span connect_timeout, timeout; /* of the whole transfer */
	size_t max_body;		      /* 0 = 4 MiB */
	/* A request that must not happen twice: a fresh connection, closed after, never re-sent (CURLOPT_FRESH_CONNECT,
	 * FORBID_REUSE: on a reused connection that dies libcurl sends a POST again by itself, measured). */
	bool once;
	/* Called after TCP and TLS stand and before the first byte (CURLOPT_PREREQFUNCTION). false aborts: HTTP_REFUSED.
	 * The transfer's own timeout runs on meanwhile: `left` is what remains of it. Runs inside curl: it must not call
	 * http_free. NULL = none. */
	bool (*before_send)(void *owner, struct span left);
};

typedef void http_answer_fn(void *owner, const struct http_response *response);

struct http_response {
	enum http_outcome outcome;
	long status;	  /* 0 unless DONE */
	const char *body; /* NUL-terminated, "" when empty; borrowed */
	size_t length;
	const char *error; /* one sentence when not DONE */
	struct span took;
	const char *header_block; /* raw; read it with http_header */
};

/* ca_file NULL = the system's. Read at a connection and kept up to a day: a new file is for a new struct http. */
struct http *http_new(
	struct event_base *base, struct log *log, const struct clock *clock, const char *ca_file);
void http_free(struct http **http); /* pending requests are dropped without an answer */

/* Everything in request is copied. The answer comes from the loop, exactly once, unless forgotten. */
void http_ask(
	struct http *http, const struct http_request *request, http_answer_fn *fn, void *owner);
void http_forget(struct http *http, const void *owner); /* aborts the owner's requests */

/* Value of a response header, trimmed, into out; false when absent. The last one wins. */
bool http_header(const struct http_response *response, const char *name, char *out, size_t size);

/* Percent-encodes all but unreserved characters (RFC 3986); caller frees. */
char *http_escape(const char *text);

/* base and a path that begins with a slash; one that ends base is dropped. Caller frees. */
char *http_url_join(const char *base, const char *path);

/* Splits an absolute http(s)/ws(s) URL; false when it is none, has user info, a query or a fragment. */
struct http_url {
	char scheme[8];
	char host[256]; /* lower case, no brackets */
	int port;	/* explicit, or the scheme's */
	char path[256]; /* without a trailing slash */
};

bool http_url_split(const char *url, struct http_url *out);
bool http_host_is_loopback(const char *host); /* 127.0.0.1, ::1, localhost */
