/* fetch.c - see fetch.h. */
#include "ingestd/fetch.h"

#include "ingestd/ingest.h"

enum {
	TIMEOUT_SEC = 10,
	CONNECT_SEC = 3,
};

void fetch_ask(const struct ingest *ingest, const char *url, http_answer_fn *fn, void *owner)
{
	const struct http_request get = {
		.method = "GET",
		.url = url,
		.headers = alpaca_credentials_headers(ingest->credentials),
		.connect_timeout = span_sec(CONNECT_SEC),
		.timeout = span_sec(TIMEOUT_SEC),
	};

	http_ask(ingest->http, &get, fn, owner);
}

void fetch_read(const struct ingest *ingest, const struct http_response *response,
	struct pace *pace, struct answer *out)
{
	pace_note_reply(pace, response, clock_wall(ingest->clock));
	answer_read(response->status, response->body, response->length, response->error, out);
}
