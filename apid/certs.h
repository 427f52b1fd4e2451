/*
 * certs.h - Google's token certificates, fetched at start and kept fresh in the background (docs/api.md, "Tokens").
 * Never on a request's path: a token that comes while there is no set yet gets 503. A failed fetch keeps the old set
 * and is tried again after 1 s .. 30 s; a set that could not be renewed for a day is dropped.
 */
#pragma once

#include <event2/event.h>

#include "apid/token_keys.h"
#include "common/sys/clock.h"
#include "common/sys/http.h"
#include "common/sys/log.h"
#include "common/sys/metric.h"

struct certs;

struct certs_options {
	struct event_base *base;
	struct log *log;
	const struct clock *clock;
	struct metrics *metrics;
	const char *url; /* borrowed for ever */
};

struct certs *certs_new(const struct certs_options *options);
void certs_free(struct certs **certs);
void certs_start(struct certs *certs);
/* NULL: none could be had yet. Borrowed until the loop turns. */
const struct keyset *certs_now(const struct certs *certs);
/* A token named a kid that is not there: fetches again, at most once a minute. */
void certs_missed(struct certs *certs);
/* SIGHUP: fetches again; a failure keeps what there is. */
void certs_refresh(struct certs *certs);
