/*
 * poller.h - the feeds that are due are polled. Nothing that a feed answers ends the daemon: each failure is logged once
 * and waited out, a refused symbol is left out and the others are asked for again at once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/sys/metric.h"

struct ingest;
struct poller;

struct poller *poller_new(struct ingest *ingest);
void poller_free(struct poller **poller);

/* Polls what is due, everything at once first; the union comes with poller_replan. Until the broker's calendar has been
 * asked for once (poller_go) nothing is polled: rows name their session. */
void poller_start(struct poller *poller);
void poller_go(struct poller *poller);
/* Drops what is under way. */
void poller_stop(struct poller *poller);
/* The documents have changed. */
void poller_replan(struct poller *poller);
/* Begins nothing new; poller_under_way tells when the rest is done. */
size_t poller_under_way(const struct poller *poller);

/* Why the last poll of some feed failed; NULL when every feed that is watched answers. */
const char *poller_trouble(const struct poller *poller);
void poller_measure(const struct poller *poller, struct metrics *metrics);
