/* certs.c - see certs.h. */
#include "apid/certs.h"

#include <stdio.h>
#include <string.h>

#include <openssl/rand.h>

#include "common/sys/alloc.h"
#include "common/sys/backoff.h"
#include "common/sys/must.h"

enum {
	MISS_PAUSE_SEC = 60,
	KEEP_SEC = 24 * 3600,
};

struct certs {
	struct certs_options options;
	struct http *http;
	struct event *timer;
	struct keyset *keyset; /* NULL until the first fetch succeeded */
	struct mono fetched_at, asked_at;
	struct backoff backoff;
	bool asking, failing;
};

static uint32_t random_number(void)
{
	uint32_t number = 0;

	must(RAND_bytes((unsigned char *)&number, sizeof(number)) == 1);
	return number;
}

static void ask_in(struct certs *certs, struct span in)
{
	struct timeval wait = {.tv_sec = in.us / 1000000, .tv_usec = in.us % 1000000};

	evtimer_add(certs->timer, &wait);
}

static void failed(struct certs *certs, const char *why)
{
	struct span next = backoff_next(&certs->backoff, random_number());

	metric_add(certs->options.metrics, "token_certs_failures_total", NULL,
		"Fetches of the token certificates that failed.", 1);
	if (!certs->failing)
		log_warning(certs->options.log, "certs.failed",
			certs->keyset ? "token certificates not renewed; the old ones stay"
				      : "no token certificates yet; every token gets 503",
			LOG_TEXT("error", why), LOG_INT("next_ms", next.us / 1000));
	certs->failing = true;
	ask_in(certs, next);
}

static void take(struct certs *certs, const struct http_response *response, struct keyset *keyset)
{
	char cache_control[256], age[32];
	bool has_cache =
		http_header(response, "Cache-Control", cache_control, sizeof(cache_control));
	bool has_age = http_header(response, "Age", age, sizeof(age));
	struct span life = keyset_lifetime(has_cache ? cache_control : NULL, has_age ? age : NULL);

	keyset_free(&certs->keyset);
	certs->keyset = keyset;
	certs->fetched_at = clock_mono(certs->options.clock);
	certs->failing = false;
	backoff_reset(&certs->backoff);
	log_info(certs->options.log, "certs.fetched", "token certificates fetched",
		LOG_INT("keys", keyset->count), LOG_INT("keep_sec", life.us / 1000000));
	ask_in(certs, (struct span){life.us / 10 * 8});
}

static void answered(void *owner, const struct http_response *response)
{
	struct certs *certs = owner;
	struct keyset *keyset = NULL;
	struct err err;
	char why[640];
	int r;

	certs->asking = false;
	if (response->outcome != HTTP_DONE || response->status != 200) {
		snprintf(why, sizeof(why), "status %ld %s", response->status,
			response->error ? response->error : "");
		failed(certs, why);
		return;
	}
	r = keyset_parse(response->body, response->length, &keyset, &err);
	if (r < 0)
		failed(certs, err.text);
	else
		take(certs, response, keyset);
}

static void ask(struct certs *certs)
{
	const struct http_request request = {
		.method = "GET",
		.url = certs->options.url,
		.connect_timeout = span_sec(5),
		.timeout = span_sec(10),
		.max_body = KEYSET_MAX_BODY,
	};

	if (certs->asking)
		return;
	certs->asking = true;
	certs->asked_at = clock_mono(certs->options.clock);
	evtimer_del(certs->timer);
	http_ask(certs->http, &request, answered, certs);
}

static void on_timer(evutil_socket_t fd, short events, void *owner)
{
	(void)fd;
	(void)events;
	ask(owner);
}

struct certs *certs_new(const struct certs_options *options)
{
	struct certs *certs = alloc_zero(sizeof(*certs));

	certs->options = *options;
	certs->backoff = (struct backoff){.first = span_sec(1), .most = span_sec(30)};
	certs->http = http_new(options->base, options->log, options->clock, NULL);
	certs->timer = evtimer_new(options->base, on_timer, certs);
	must(certs->timer);
	return certs;
}

void certs_free(struct certs **certs)
{
	if (!*certs)
		return;
	event_free((*certs)->timer);
	http_free(&(*certs)->http);
	keyset_free(&(*certs)->keyset);
	alloc_free(certs);
}

void certs_start(struct certs *certs)
{
	ask(certs);
}

const struct keyset *certs_now(const struct certs *certs)
{
	struct span age = mono_since(clock_mono(certs->options.clock), certs->fetched_at);

	return certs->keyset && age.us <= span_sec(KEEP_SEC).us ? certs->keyset : NULL;
}

void certs_missed(struct certs *certs)
{
	struct span since = mono_since(clock_mono(certs->options.clock), certs->asked_at);

	if (since.us >= span_sec(MISS_PAUSE_SEC).us)
		ask(certs);
}

void certs_refresh(struct certs *certs)
{
	ask(certs);
}
