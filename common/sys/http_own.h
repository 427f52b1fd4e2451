/* http_own.h - what http.c and http_transfer.c share; nobody else includes it. */
#pragma once

#include <sys/queue.h>

#include <curl/curl.h>
#include <event2/buffer.h>

#include "common/sys/http.h"

struct http_transfer {
	LIST_ENTRY(http_transfer) next;
	struct http *http;
	CURL *easy; /* NULL: the request itself is wrong and was never begun */
	bool added; /* to the multi handle */
	struct curl_slist *headers;
	char *error_text; /* why easy is NULL */
	char curl_error[CURL_ERROR_SIZE];

	bool once;
	bool (*before_send)(void *owner, struct span left);
	struct span timeout;
	struct mono began;
	bool sent; /* the way was open and nobody objected: bytes may have left */

	struct evbuffer *head;
	bool head_ended; /* the blank line has come */
	struct evbuffer *body;
	size_t max_body;

	http_answer_fn *fn;
	void *owner;
	bool forgotten; /* from inside curl: ends without a byte or an answer */
#ifdef HYBRIDHUB_FAILPOINTS
	struct http_probe *probe;
#endif
};

LIST_HEAD(http_transfer_list, http_transfer);

struct http {
	CURLM *multi;
	struct event_base *base;
	struct log *log;
	const struct clock *clock;
	char *ca_file;
	struct event *timer; /* curl's own timeout */
	struct event *kick;  /* begin what is waiting, from the loop */
	struct http_transfer_list waiting, running;
	int entered; /* callbacks of ours on the stack */
	bool freed;
	bool in_curl; /* its functions must not be called from its callbacks */
};

/* Copies the request; easy stays NULL, with error_text, when it cannot be begun at all. */
struct http_transfer *http_transfer_new(
	struct http *http, const struct http_request *request, http_answer_fn *fn, void *owner);
void http_transfer_free(struct http_transfer **transfer);
/* Tells its owner how it ended. */
void http_transfer_answer(struct http_transfer *transfer, CURLcode result);

/*
 * http_failpoint.c, in a build that has failpoints; subject: `POST /v2/orders`. Events: http.connecting (the socket is
 * there, its connection is not), http.half (the head has been sent, the body has not), http.sent (all has, nothing has
 * come back).
 */
#ifdef HYBRIDHUB_FAILPOINTS
void http_probe_set(struct http_transfer *transfer, const struct http_request *request);
void http_probe_free(struct http_transfer *transfer);
#else
#define http_probe_set(transfer, request) ((void)0)
#define http_probe_free(transfer) ((void)0)
#endif
