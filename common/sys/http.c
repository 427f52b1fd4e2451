/* http.c - libcurl's multi_socket interface on libevent. See http.h; one request is http_transfer.c. */
#include "common/sys/http.h"

#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/http_own.h"
#include "common/sys/must.h"

enum {
	IDLE_CONNECTIONS = 8,
};

static void destroy(struct http *http)
{
	struct http_transfer *transfer;

	while ((transfer = LIST_FIRST(&http->waiting)) != NULL) {
		LIST_REMOVE(transfer, next);
		http_transfer_free(&transfer);
	}
	while ((transfer = LIST_FIRST(&http->running)) != NULL) {
		LIST_REMOVE(transfer, next);
		http_transfer_free(&transfer);
	}
	curl_multi_cleanup(http->multi);
	event_free(http->timer);
	event_free(http->kick);
	alloc_free(&http->ca_file);
	alloc_free(&http);
}

static void enter(struct http *http)
{
	http->entered++;
}

/* An answer may have freed us; curl and our own frames still stand on it until here. */
static void leave(struct http *http)
{
	if (--http->entered == 0 && http->freed)
		destroy(http);
}

/* Answers come one by one: each may ask again, forget others, or free us. */
static void take_finished(struct http *http)
{
	CURLMsg *message;
	int rest;

	while (!http->freed && (message = curl_multi_info_read(http->multi, &rest)) != NULL) {
		struct http_transfer *transfer = NULL;
		CURLcode result = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
		LIST_REMOVE(transfer, next);
		curl_multi_remove_handle(http->multi, transfer->easy);
		transfer->added = false;
		http_transfer_answer(transfer, result);
		http_transfer_free(&transfer);
	}
}

static void act(struct http *http, curl_socket_t fd, int what)
{
	int running;

	enter(http);
	http->in_curl = true;
	(void)curl_multi_socket_action(http->multi, fd, what, &running);
	http->in_curl = false;
	take_finished(http);
	leave(http);
}

static void on_socket(evutil_socket_t fd, short what, void *owner)
{
	int mask = ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
		   ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);

	act(owner, fd, mask);
}

static void on_timer(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	act(owner, CURL_SOCKET_TIMEOUT, 0);
}

/* curl tells which socket it waits for; the event is kept with the socket, by curl itself. */
static int watch(CURL *easy, curl_socket_t fd, int what, void *owner, void *kept)
{
	struct http *http = owner;
	struct event *event = kept;
	short events = (short)(((what & CURL_POLL_IN) != 0 ? EV_READ : 0) |
			       ((what & CURL_POLL_OUT) != 0 ? EV_WRITE : 0));

	(void)easy;
	if (event != NULL)
		event_free(event);
	event = NULL;
	if (what != CURL_POLL_REMOVE) {
		event = event_new(http->base, fd, (short)(events | EV_PERSIST), on_socket, http);
		must(event != NULL && event_add(event, NULL) == 0);
	}
	curl_multi_assign(http->multi, fd, event);
	return 0;
}

/* Never calls back into curl from here: also "now" goes by way of the loop. */
static int set_timer(CURLM *multi, long ms, void *owner)
{
	struct http *http = owner;
	struct timeval after = span_timeval(span_ms(ms));

	(void)multi;
	if (ms < 0)
		event_del(http->timer);
	else
		event_add(http->timer, &after);
	return 0;
}

static void begin(struct http *http, struct http_transfer *transfer)
{
	LIST_REMOVE(transfer, next);
	if (transfer->easy == NULL) {
		http_transfer_answer(transfer, CURLE_URL_MALFORMAT);
		http_transfer_free(&transfer);
		return;
	}
	transfer->began = clock_mono(http->clock);
	LIST_INSERT_HEAD(&http->running, transfer, next);
	must(curl_multi_add_handle(http->multi, transfer->easy) == CURLM_OK);
	transfer->added = true;
}

static struct http_transfer *oldest(struct http *http)
{
	struct http_transfer *transfer = LIST_FIRST(&http->waiting);

	while (transfer != NULL && LIST_NEXT(transfer, next) != NULL)
		transfer = LIST_NEXT(transfer, next);
	return transfer;
}

static void on_kick(evutil_socket_t fd, short what, void *owner)
{
	struct http *http = owner;
	struct http_transfer *transfer;

	(void)fd;
	(void)what;
	enter(http);
	while (!http->freed && (transfer = oldest(http)) != NULL)
		begin(http, transfer);
	leave(http);
}

struct http *http_new(
	struct event_base *base, struct log *log, const struct clock *clock, const char *ca_file)
{
	struct http *http = alloc_zero(sizeof(*http));

	must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	http->base = base;
	http->log = log;
	http->clock = clock;
	http->ca_file = alloc_text(ca_file);
	LIST_INIT(&http->waiting);
	LIST_INIT(&http->running);
	http->timer = evtimer_new(base, on_timer, http);
	http->kick = event_new(base, -1, 0, on_kick, http);
	http->multi = curl_multi_init();
	must(http->timer != NULL && http->kick != NULL && http->multi != NULL);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS);
	return http;
}

void http_free(struct http **http)
{
	struct http *old = *http;

	*http = NULL;
	if (old == NULL)
		return;
	enter(old);
	old->freed = true;
	leave(old);
}

void http_ask(
	struct http *http, const struct http_request *request, http_answer_fn *fn, void *owner)
{
	struct http_transfer *transfer = http_transfer_new(http, request, fn, owner);

	must(!http->freed);
	LIST_INSERT_HEAD(&http->waiting, transfer, next);
	event_active(http->kick, EV_TIMEOUT, 0);
}

static void forget(struct http *http, struct http_transfer_list *list, const void *owner)
{
	struct http_transfer *transfer = LIST_FIRST(list);

	while (transfer != NULL) {
		struct http_transfer *following = LIST_NEXT(transfer, next);

		if (transfer->owner == owner) {
			/* Inside curl its handles must stay. */
			transfer->fn = NULL;
			transfer->forgotten = true;
			if (!http->in_curl) {
				LIST_REMOVE(transfer, next);
				http_transfer_free(&transfer);
			}
		}
		transfer = following;
	}
}

void http_forget(struct http *http, const void *owner)
{
	forget(http, &http->waiting, owner);
	forget(http, &http->running, owner);
}
