/* http_transfer.c - one request: its options, its callbacks, the verdict. See http.h for what each outcome means. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/http_own.h"
#include "common/sys/must.h"

enum {
	MAX_BODY = 4 << 20,
	MAX_HEAD = 64 << 10,
};

/* curl checks the types of its options by macros; each can fail for want of memory only, or of a feature. */
#define SET(easy, option, value) must(curl_easy_setopt(easy, option, value) == CURLE_OK)

static struct span left_of(const struct http_transfer *transfer)
{
	struct span gone = mono_since(clock_mono(transfer->http->clock), transfer->began);

	return (struct span){transfer->timeout.us > gone.us ? transfer->timeout.us - gone.us : 0};
}

/* TCP and TLS stand, not one byte of the request has left. curl calls this again before it sends a second time. */
static int on_before_send(void *owner, char *remote, char *local, int remote_port, int local_port)
{
	struct http_transfer *transfer = owner;

	(void)remote;
	(void)local;
	(void)remote_port;
	(void)local_port;
	if (transfer->forgotten || (transfer->sent && transfer->once))
		return CURL_PREREQFUNC_ABORT;
	if (transfer->before_send != NULL &&
		!transfer->before_send(transfer->owner, left_of(transfer)))
		return CURL_PREREQFUNC_ABORT;
	transfer->sent = true;
	return CURL_PREREQFUNC_OK;
}

/* One call a line. A 100 Continue is a block of its own; trailers come after the end and are not headers. */
static size_t on_header(char *line, size_t size, size_t count, void *owner)
{
	struct http_transfer *transfer = owner;
	size_t length = size * count;

	if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		evbuffer_drain(transfer->head, evbuffer_get_length(transfer->head));
		transfer->head_ended = false;
	}
	if (transfer->head_ended)
		return length;
	if (evbuffer_get_length(transfer->head) + length > MAX_HEAD)
		return 0;
	evbuffer_add(transfer->head, line, length);
	transfer->head_ended =
		line[0] == '\n' || (length >= 2 && line[0] == '\r' && line[1] == '\n');
	return length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *owner)
{
	struct http_transfer *transfer = owner;
	size_t length = size * count;

	if (evbuffer_get_length(transfer->body) + length > transfer->max_body)
		return 0;
	evbuffer_add(transfer->body, bytes, length);
	return length;
}

/* curl's parser is laxer than ours: only what ours reads is handed on. The query is not looked at. */
static const char *url_trouble(const char *url, bool *plain_out)
{
	struct http_url parts;
	char *bare = alloc_bytes(url, strcspn(url, "?"));
	bool fits = http_url_split(bare, &parts);

	alloc_free(&bare);
	for (const char *at = url; *at != '\0'; at++) {
		if (*at <= ' ' || *at > '~' || *at == '#')
			return "the URL has a character that none may have";
	}
	if (!fits || (strcmp(parts.scheme, "http") != 0 && strcmp(parts.scheme, "https") != 0))
		return "not an absolute http or https URL";
	*plain_out = strcmp(parts.scheme, "http") == 0;
	if (*plain_out && !http_host_is_loopback(parts.host))
		return "plain http is for loopback only";
	return NULL;
}

static const char *headers_trouble(const char *const *headers)
{
	for (; headers != NULL && *headers != NULL; headers++) {
		if (strpbrk(*headers, "\r\n") != NULL || strchr(*headers, ':') == NULL)
			return "a header is not one line of `Name: value`";
	}
	return NULL;
}

static void add_header(struct http_transfer *transfer, const char *line)
{
	struct curl_slist *longer = curl_slist_append(transfer->headers, line);

	must(longer != NULL);
	transfer->headers = longer;
}

static void set_request(struct http_transfer *transfer, const struct http_request *request)
{
	CURL *easy = transfer->easy;
	const char *body = request->body != NULL ? request->body : "";

	SET(easy, CURLOPT_URL, request->url);
	if (strcmp(request->method, "GET") == 0) {
		SET(easy, CURLOPT_HTTPGET, 1L);
	} else if (strcmp(request->method, "POST") == 0 || request->body != NULL) {
		SET(easy, CURLOPT_POST, 1L);
		SET(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
		SET(easy, CURLOPT_COPYPOSTFIELDS, body);
	}
	if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0)
		SET(easy, CURLOPT_CUSTOMREQUEST, request->method);
	for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
		add_header(transfer, request->headers[i]);
	/* Without this a body over 1 KiB waits a second for a 100 Continue. */
	add_header(transfer, "Expect:");
	SET(easy, CURLOPT_HTTPHEADER, transfer->headers);
	SET(easy, CURLOPT_USERAGENT, "hybridhub/1");
	SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(request->connect_timeout.us / 1000));
	SET(easy, CURLOPT_TIMEOUT_MS, (long)(request->timeout.us / 1000));
	SET(easy, CURLOPT_FRESH_CONNECT, request->once ? 1L : 0L);
	SET(easy, CURLOPT_FORBID_REUSE, request->once ? 1L : 0L);
}

static void set_callbacks(struct http_transfer *transfer)
{
	CURL *easy = transfer->easy;

	SET(easy, CURLOPT_PRIVATE, transfer);
	SET(easy, CURLOPT_ERRORBUFFER, transfer->curl_error);
	SET(easy, CURLOPT_PREREQFUNCTION, on_before_send);
	SET(easy, CURLOPT_PREREQDATA, transfer);
	SET(easy, CURLOPT_HEADERFUNCTION, on_header);
	SET(easy, CURLOPT_HEADERDATA, transfer);
	SET(easy, CURLOPT_WRITEFUNCTION, on_body);
	SET(easy, CURLOPT_WRITEDATA, transfer);
}

/* docs/architecture.md, "Asking outside": what keeps our keys with whom we meant, and a request from being sent twice. */
static void set_manners(struct http_transfer *transfer, bool plain)
{
	CURL *easy = transfer->easy;

	SET(easy, CURLOPT_NOSIGNAL, 1L);
	SET(easy, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
	SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	SET(easy, CURLOPT_PROXY, "");
	SET(easy, CURLOPT_NOPROXY, "*");
	SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(easy, CURLOPT_HTTP09_ALLOWED, 0L);
	SET(easy, CURLOPT_ACCEPT_ENCODING, NULL);
	SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (transfer->http->ca_file != NULL)
		SET(easy, CURLOPT_CAINFO, transfer->http->ca_file);
	SET(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)transfer->max_body);
	/* A name that does not resolve must not make us wait for its thread when the request is given up. */
	SET(easy, CURLOPT_QUICK_EXIT, 1L);
}

struct http_transfer *http_transfer_new(
	struct http *http, const struct http_request *request, http_answer_fn *fn, void *owner)
{
	struct http_transfer *transfer = alloc_zero(sizeof(*transfer));
	const char *trouble;
	bool plain = false;

	must(request->timeout.us >= 1000 && request->connect_timeout.us >= 1000);
	transfer->http = http;
	transfer->fn = fn;
	transfer->owner = owner;
	transfer->once = request->once;
	transfer->before_send = request->before_send;
	transfer->timeout = request->timeout;
	transfer->began = clock_mono(http->clock);
	transfer->max_body = request->max_body > 0 ? request->max_body : MAX_BODY;
	transfer->head = evbuffer_new();
	transfer->body = evbuffer_new();
	must(transfer->head != NULL && transfer->body != NULL);

	trouble = url_trouble(request->url, &plain);
	if (trouble == NULL)
		trouble = headers_trouble(request->headers);
	if (trouble != NULL) {
		transfer->error_text = alloc_text(trouble);
		return transfer;
	}
	transfer->easy = curl_easy_init();
	must(transfer->easy != NULL);
	set_request(transfer, request);
	set_callbacks(transfer);
	set_manners(transfer, plain);
	http_probe_set(transfer, request);
	return transfer;
}

void http_transfer_free(struct http_transfer **transfer)
{
	struct http_transfer *old = *transfer;

	if (old == NULL)
		return;
	if (old->added)
		curl_multi_remove_handle(old->http->multi, old->easy);
	curl_easy_cleanup(old->easy);
	curl_slist_free_all(old->headers);
	http_probe_free(old);
	evbuffer_free(old->head);
	evbuffer_free(old->body);
	alloc_free(&old->error_text);
	alloc_free(transfer);
}

static const char *text_of(struct evbuffer *buffer)
{
	evbuffer_add(buffer, "", 1);
	return (const char *)evbuffer_pullup(buffer, -1);
}

static const char *trouble_of(const struct http_transfer *transfer, CURLcode result)
{
	if (transfer->error_text != NULL)
		return transfer->error_text;
	if (result == CURLE_OK)
		return "the answer ended before its header did";
	return transfer->curl_error[0] != '\0' ? transfer->curl_error : curl_easy_strerror(result);
}

void http_transfer_answer(struct http_transfer *transfer, CURLcode result)
{
	struct http_response response = {
		.outcome = HTTP_UNKNOWN,
		.body = "",
		.error = trouble_of(transfer, result),
		.took = mono_since(clock_mono(transfer->http->clock), transfer->began),
		.header_block = "",
	};

	/* rc 0 alone is no answer: after half a header it comes with status 200 and an empty body. */
	if (!transfer->sent) {
		response.outcome = HTTP_REFUSED;
	} else if (result == CURLE_OK && transfer->head_ended) {
		response.outcome = HTTP_DONE;
		response.error = "";
		curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &response.status);
		response.length = evbuffer_get_length(transfer->body);
		response.body = text_of(transfer->body);
		response.header_block = text_of(transfer->head);
	}
	log_debug(transfer->http->log, "http.ended", "a request ended",
		LOG_INT("http_status", response.status), LOG_TEXT("error", response.error),
		LOG_INT("dur_ms", response.took.us / 1000));
	if (transfer->fn != NULL)
		transfer->fn(transfer->owner, &response);
}
