/* broker.c - see broker.h. */
#include "tradectl/broker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/sys/alloc.h"
#include "common/sys/backoff.h"
#include "tradectl/fake.h"

enum {
	CONNECT_MS = 4000,
	PROBE_MS = 5000,
	PROBE_AFTER_SEC = 30,
	BODY_MAX = 256 * 1024,
	BACKOFF_FIRST_MS = 500,
	BACKOFF_MOST_SEC = 30,
	PATH_TEXT = 512,
};

struct call {
	LIST_ENTRY(call) link;
	struct broker *broker;
	char *endpoint;
	struct terms terms;
	bool compares, posts, aborted, raw;
	bool (*before_send)(void *owner, struct span left);
	broker_answer_fn *fn;
	void *owner;
};

enum state {
	UNTRIED,
	GOOD,
	FAILING,
};

struct broker {
	struct log *log;
	const struct clock *clock;
	struct metrics *metrics;
	struct http *http;
	struct fake *fake; /* NULL: http */
	char *base_url;
	struct alpaca_credentials *credentials;
	struct broker_hooks hooks;
	struct pace pace;
	struct backoff backoff;
	struct mono held;    /* by back-off: nothing before */
	struct mono contact; /* last reply */
	enum state state;
	char trouble[BROKER_ERROR];
	bool refuses_keys;
	bool probing;
	struct skew skew;
	LIST_HEAD(calls, call) calls;
};

struct broker *broker_new(const struct broker_options *options)
{
	struct broker *broker = alloc_zero(sizeof(*broker));

	broker->log = options->log;
	broker->clock = options->clock;
	broker->metrics = options->metrics;
	broker->hooks = options->hooks;
	broker->fake = options->fake;
	broker->base_url = alloc_text(options->base_url);
	size_t length = strlen(broker->base_url);
	if (length > 0 && broker->base_url[length - 1] == '/')
		broker->base_url[length - 1] = '\0';
	broker->http = http_new(options->base, options->log, options->clock, options->ca_file);
	broker->backoff = (struct backoff){
		.first = span_ms(BACKOFF_FIRST_MS), .most = span_sec(BACKOFF_MOST_SEC)};
	snprintf(broker->trouble, sizeof(broker->trouble), "not asked yet");
	LIST_INIT(&broker->calls);
	return broker;
}

static void call_free(struct call *call)
{
	LIST_REMOVE(call, link);
	alloc_free(&call->endpoint);
	alloc_free(&call);
}

void broker_free(struct broker **broker)
{
	if (!*broker)
		return;

	http_free(&(*broker)->http);
	while (!LIST_EMPTY(&(*broker)->calls))
		call_free(LIST_FIRST(&(*broker)->calls));
	alpaca_credentials_free(&(*broker)->credentials);
	alloc_free(&(*broker)->base_url);
	alloc_free(broker);
}

void broker_set_keys(struct broker *broker, struct alpaca_credentials *credentials)
{
	alpaca_credentials_free(&broker->credentials);
	broker->credentials = credentials;
	broker->contact = (struct mono){0};
	backoff_reset(&broker->backoff);
	broker->held = (struct mono){0};
}

static void failed(struct broker *broker, const char *why)
{
	struct mono now = clock_mono(broker->clock);

	broker->held = mono_add(now, backoff_next(&broker->backoff, arc4random()));
	broker->refuses_keys = false;
	snprintf(broker->trouble, sizeof(broker->trouble), "%s", why);
	if (broker->state == FAILING)
		return;

	broker->state = FAILING;
	log_warning(broker->log, "broker.down", "no use of the broker for now; trying again",
		LOG_TEXT("why", why));
}

static void worked(struct broker *broker)
{
	backoff_reset(&broker->backoff);
	broker->held = (struct mono){0};
	if (broker->state == GOOD)
		return;

	broker->state = GOOD;
	broker->refuses_keys = false;
	log_info(broker->log, "broker.up", "the broker answers",
		LOG_TEXT("base_url", broker->base_url));
	broker->hooks.back(broker->hooks.owner);
}

/* Whoever reads it shall look at the keys, not at the network. */
static void refused(struct broker *broker, const char *why)
{
	char said[BROKER_ERROR];

	snprintf(said, sizeof(said),
		"the keys (ALPACA_API_KEY_ID, ALPACA_API_SECRET_KEY) are refused: %s", why);
	failed(broker, said);
	broker->refuses_keys = true;
}

static void take_notice(struct call *call, const struct broker_answer *answer)
{
	const struct reply *reply = &answer->reply;

	if (call->aborted || (call->raw && reply->complete && reply->status >= 500))
		return;
	if (!reply->complete || reply->status >= 500)
		return failed(call->broker, answer->error);
	call->broker->contact = clock_mono(call->broker->clock);
	if (alpaca_error_is_credentials(reply->status, &reply->error))
		return refused(call->broker, answer->error);
	if (reply->status != 429)
		worked(call->broker);
}

static void count(struct call *call, const struct http_response *response)
{
	struct metrics *metrics = call->broker->metrics;
	AUTO(alloc_free)
	char *labels =
		alloc_print("endpoint=\"%s\",code=\"%ld\"", call->endpoint, response->status);
	AUTO(alloc_free) char *endpoint = alloc_print("endpoint=\"%s\"", call->endpoint);

	metric_add(metrics, "broker_requests_total", labels,
		"Requests to the broker by answer; code 0 = no whole answer.", 1);
	metric_took(metrics, "broker_request_duration_seconds", endpoint,
		"How long the broker took to answer.", response->took.us);
}

static void pace_read(struct broker *broker, const struct http_response *response)
{
	pace_note_reply(&broker->pace, response, clock_wall(broker->clock));
	if (broker->pace.known)
		metric_set(broker->metrics, "broker_ratelimit_remaining", NULL,
			"Requests left until the broker's reset.", broker->pace.remaining);
}

/* A Date is cut at the second, and was written at some time while we waited. */
static void date_read(struct broker *broker, const struct http_response *response)
{
	struct wall now = clock_wall(broker->clock), date;
	char text[64];

	if (!http_header(response, "Date", text, sizeof(text)) || skew_date(text, &date) < 0)
		return;

	broker->skew = skew_between(date, wall_add(date, span_sec(1)),
		wall_add(now, (struct span){-response->took.us}), now);
	metric_set(broker->metrics, "clock_skew_seconds", "source=\"broker\"",
		"How far that clock is ahead of this host's.", broker->skew.by.us / 1000000);
}

const struct skew *broker_skew(const struct broker *broker)
{
	return &broker->skew;
}

/* Reads the body as an order where the status says success, as an error otherwise. */
static struct echo *body_read(
	const struct call *call, const struct http_response *response, struct broker_answer *answer)
{
	struct echo *echo = NULL;
	struct reply *reply = &answer->reply;
	struct err err;

	if (reply->status < 200 || reply->status > 299) {
		alpaca_error_read(response->body, response->length, &reply->error);
		snprintf(answer->error, sizeof(answer->error), "status %d: %s", reply->status,
			reply->error.envelope ? reply->error.message
					      : "not the broker's own words");
		return NULL;
	}
	if (call->raw)
		return NULL;
	if (echo_read(response->body, response->length, &echo, &err) < 0) {
		snprintf(answer->error, sizeof(answer->error), "status %d: %.200s", reply->status,
			err.text);
		return NULL;
	}
	reply->order = true;
	if (call->compares)
		reply->differs = echo_differs(echo, &call->terms);
	if (reply->differs)
		snprintf(answer->error, sizeof(answer->error),
			"the broker's order differs from ours in %s", reply->differs);
	return echo;
}

static void on_answer(void *owner, const struct http_response *response)
{
	struct call *call = owner;
	struct broker_answer answer = {.took = response->took};
	AUTO(echo_free) struct echo *echo = NULL;

	answer.reply.sent = response->outcome != HTTP_REFUSED;
	answer.reply.complete = response->outcome == HTTP_DONE;
	count(call, response);
	if (answer.reply.complete) {
		answer.reply.status = (int)response->status;
		http_header(response, "X-Request-ID", answer.request_id, sizeof(answer.request_id));
		pace_read(call->broker, response);
		date_read(call->broker, response);
		echo = body_read(call, response, &answer);
		answer.echo = echo;
		answer.body = response->body;
		answer.length = response->length;
	} else {
		snprintf(answer.error, sizeof(answer.error), "%s",
			response->error ? response->error : "no answer");
	}
	take_notice(call, &answer);

	broker_answer_fn *fn = call->fn;
	void *asker = call->owner;
	call_free(call);
	fn(asker, &answer);
}

static bool on_before_send(void *owner, struct span left)
{
	struct call *call = owner;
	bool go = call->before_send(call->owner, left);

	call->aborted = !go;
	return go;
}

static const char *const *headers_of(const struct broker *broker, const struct broker_call *call)
{
	if (broker->fake)
		return NULL;
	return call->body ? alpaca_credentials_json_headers(broker->credentials)
			  : alpaca_credentials_headers(broker->credentials);
}

void broker_ask(
	struct broker *broker, const struct broker_call *call, broker_answer_fn *fn, void *owner)
{
	struct call *kept = alloc_zero(sizeof(*kept));
	AUTO(alloc_free) char *url = alloc_print("%s%s", broker->base_url, call->path);

	kept->broker = broker;
	kept->endpoint = alloc_text(call->endpoint);
	kept->compares = call->terms != NULL;
	if (call->terms)
		kept->terms = *call->terms;
	kept->before_send = call->before_send;
	kept->raw = call->raw;
	kept->fn = fn;
	kept->owner = owner;
	LIST_INSERT_HEAD(&broker->calls, kept, link);

	/* Connecting may take less than half of the whole: the last fence wants the other half. */
	struct span connect = span_ms(CONNECT_MS);
	if (connect.us > call->timeout.us * 2 / 5)
		connect.us = call->timeout.us * 2 / 5;
	const struct http_request request = {
		.method = call->method,
		.url = url,
		.headers = headers_of(broker, call),
		.body = call->body,
		.connect_timeout = connect,
		.timeout = call->timeout,
		.max_body = call->max_body ? call->max_body : BODY_MAX,
		.once = call->body != NULL,
		.before_send = call->before_send ? on_before_send : NULL,
	};
	if (broker->fake)
		fake_ask(broker->fake, &request, on_answer, kept);
	else
		http_ask(broker->http, &request, on_answer, kept);
}

void broker_forget(struct broker *broker, const void *owner)
{
	struct call *call, *next;

	for (call = LIST_FIRST(&broker->calls); call; call = next) {
		next = LIST_NEXT(call, link);
		if (call->owner != owner)
			continue;
		if (broker->fake)
			fake_forget(broker->fake, call);
		else
			http_forget(broker->http, call);
		call_free(call);
	}
}

void broker_find(struct broker *broker, const char *client_order_id, const struct terms *terms,
	struct span timeout, broker_answer_fn *fn, void *owner)
{
	AUTO(alloc_free) char *id = http_escape(client_order_id);
	char path[PATH_TEXT];

	snprintf(path, sizeof(path), "/v2/orders:by_client_order_id?client_order_id=%s", id);
	broker_ask(broker,
		&(struct broker_call){.endpoint = "find_order",
			.method = "GET",
			.path = path,
			.timeout = timeout,
			.terms = terms},
		fn, owner);
}

void broker_read(struct broker *broker, const char *broker_id, struct span timeout,
	broker_answer_fn *fn, void *owner)
{
	AUTO(alloc_free) char *id = http_escape(broker_id);
	char path[PATH_TEXT];

	snprintf(path, sizeof(path), "/v2/orders/%s", id);
	broker_ask(broker,
		&(struct broker_call){.endpoint = "read_order",
			.method = "GET",
			.path = path,
			.timeout = timeout},
		fn, owner);
}

struct span broker_wait(const struct broker *broker, enum pace_kind kind)
{
	struct span wait = pace_wait(&broker->pace, kind, clock_wall(broker->clock));
	struct span held = mono_since(broker->held, clock_mono(broker->clock));

	return held.us > wait.us ? held : wait;
}

static void probed(void *owner, const struct broker_answer *answer)
{
	struct broker *broker = owner;

	(void)answer; /* take_notice has seen it */
	broker->probing = false;
}

void broker_probe(struct broker *broker)
{
	struct mono now = clock_mono(broker->clock);

	if (broker->probing || broker_wait(broker, PACE_ASK).us > 0)
		return;
	if (broker->state == GOOD &&
		!mono_reached(mono_add(broker->contact, span_sec(PROBE_AFTER_SEC)), now))
		return;

	broker->probing = true;
	broker_ask(broker,
		&(struct broker_call){.endpoint = "clock",
			.method = "GET",
			.path = "/v2/clock",
			.timeout = span_ms(PROBE_MS)},
		probed, broker);
}

bool broker_refuses_keys(const struct broker *broker)
{
	return broker->refuses_keys;
}

const char *broker_trouble(const struct broker *broker)
{
	return broker->state == GOOD ? NULL : broker->trouble;
}
