/*
 * broker.h - one account at Alpaca as this daemon talks to it: keys, pacing, back-off, and what the last word was.
 * Replies are read (broker_answer) but judged elsewhere (verdict.h).
 */
#pragma once

#include <stdbool.h>

#include "common/alpaca/credentials.h"
#include "common/alpaca/pace.h"
#include "common/sys/http.h"
#include "common/sys/metric.h"
#include "tradectl/echo.h"
#include "tradectl/skew.h"
#include "tradectl/verdict.h"

struct broker;
struct fake;

struct broker_hooks {
	/* Reachable with keys that are taken, after it was not. */
	void (*back)(void *owner);
	void *owner;
};

struct broker_options {
	struct event_base *base;
	struct log *log;
	const struct clock *clock;
	struct metrics *metrics;
	const char *base_url; /* checked before; copied */
	const char *ca_file;
	struct fake *fake; /* answers in place of base_url, without keys; NULL: none */
	struct broker_hooks hooks;
};

enum {
	BROKER_REQUEST_ID = 64,
	BROKER_ERROR = 256,
};

struct broker_answer {
	struct reply reply;
	const struct echo *echo; /* reply.order; borrowed until the callback returns */
	const char *body;	 /* of a complete reply; borrowed likewise */
	size_t length;
	char request_id[BROKER_REQUEST_ID]; /* X-Request-ID, "" when there is none */
	char error[BROKER_ERROR];	    /* one sentence about what came, for logs and records */
	struct span took;
};

typedef void broker_answer_fn(void *owner, const struct broker_answer *answer);

struct broker_call {
	const char *endpoint; /* label of the metric */
	const char *method;
	const char *path; /* from / on */
	const char *body; /* NULL = none */
	struct span timeout;
	bool (*before_send)(void *owner, struct span left); /* see http.h; NULL = none */
	const struct terms *terms; /* the order that a reply must show; NULL = none is compared */
	size_t max_body;	   /* 0 = enough for an order */
	/* The caller reads the body; and a 5xx is about what was asked for (one bad symbol spoils a list), not about
	 * the broker. */
	bool raw;
};

struct broker *broker_new(const struct broker_options *options);
void broker_free(struct broker **broker);
/* Takes the keys; those before are wiped. */
void broker_set_keys(struct broker *broker, struct alpaca_credentials *credentials);

/* The answer comes from the loop, exactly once, unless forgotten. Everything in call is copied. */
void broker_ask(
	struct broker *broker, const struct broker_call *call, broker_answer_fn *fn, void *owner);
void broker_forget(struct broker *broker, const void *owner);

/* GET /v2/orders:by_client_order_id and /v2/orders/{id}. */
void broker_find(struct broker *broker, const char *client_order_id, const struct terms *terms,
	struct span timeout, broker_answer_fn *fn, void *owner);
void broker_read(struct broker *broker, const char *broker_id, struct span timeout,
	broker_answer_fn *fn, void *owner);

/* How long a request of that kind should wait: the broker's own limits, and back-off after failures (to 30 s). */
struct span broker_wait(const struct broker *broker, enum pace_kind kind);

/* Asks for the clock when nothing else was asked lately; call it from a sweep. */
void broker_probe(struct broker *broker);

/* The broker's clock, by the Date of its last reply, against this host's. */
const struct skew *broker_skew(const struct broker *broker);

/* The last word was that it does not take the keys. */
bool broker_refuses_keys(const struct broker *broker);

/* NULL = the last word was good; else what is wrong. */
const char *broker_trouble(const struct broker *broker);
