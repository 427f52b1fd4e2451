/* http_failpoint.c - where a request can be made to break. See http_own.h. */
#include "common/sys/http_own.h"

#ifdef HYBRIDHUB_FAILPOINTS

#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "common/sys/must.h"

#define SET(easy, option, value) must(curl_easy_setopt(easy, option, value) == CURLE_OK)

struct http_probe {
	char *subject;
	char *body;
	size_t length, read;
	bool told; /* http.sent */
};

static int on_connecting(void *owner, curl_socket_t fd, curlsocktype purpose)
{
	const struct http_transfer *transfer = owner;

	(void)fd;
	(void)purpose;
	return FAILPOINT_EVENT("http.connecting", transfer->probe->subject) ? CURL_SOCKOPT_ERROR
									    : CURL_SOCKOPT_OK;
}

static size_t on_read(char *to, size_t size, size_t count, void *owner)
{
	struct http_probe *probe = ((struct http_transfer *)owner)->probe;
	size_t left = probe->length - probe->read;
	size_t length = left < size * count ? left : size * count;

	if (probe->read == 0 && FAILPOINT_EVENT("http.half", probe->subject))
		return CURL_READFUNC_ABORT;
	memcpy(to, probe->body + probe->read, length);
	probe->read += length;
	return length;
}

static int on_progress(
	void *owner, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
	struct http_transfer *transfer = owner;
	struct http_probe *probe = transfer->probe;

	(void)down_all;
	(void)down;
	if (probe->told || up == 0 || up < up_all || evbuffer_get_length(transfer->head) > 0)
		return 0;
	probe->told = true;
	return FAILPOINT_EVENT("http.sent", probe->subject) ? 1 : 0;
}

void http_probe_set(struct http_transfer *transfer, const struct http_request *request)
{
	CURL *easy = transfer->easy;
	const char *host = strstr(request->url, "://");
	const char *path = host != NULL ? strchr(host + 3, '/') : NULL;

	transfer->probe = alloc_zero(sizeof(*transfer->probe));
	transfer->probe->subject = alloc_print("%s %s", request->method, path != NULL ? path : "/");
	SET(easy, CURLOPT_SOCKOPTFUNCTION, on_connecting);
	SET(easy, CURLOPT_SOCKOPTDATA, transfer);
	if (request->body == NULL)
		return;

	/* By itself curl sends a small body along with the head. */
	transfer->probe->body = alloc_text(request->body);
	transfer->probe->length = strlen(request->body);
	SET(easy, CURLOPT_POSTFIELDS, NULL);
	SET(easy, CURLOPT_READFUNCTION, on_read);
	SET(easy, CURLOPT_READDATA, transfer);
	SET(easy, CURLOPT_NOPROGRESS, 0L);
	SET(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(easy, CURLOPT_XFERINFODATA, transfer);
}

void http_probe_free(struct http_transfer *transfer)
{
	if (transfer->probe == NULL)
		return;
	alloc_free(&transfer->probe->subject);
	alloc_free(&transfer->probe->body);
	alloc_free(&transfer->probe);
}

#endif
