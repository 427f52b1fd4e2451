/*
 * ingest.h - the daemon's one context. The instance that leads (led) reads the broker's calendar and clock (broker) and
 * polls the feeds that are due by everybody's documents (poller); every answer becomes one batch in the database.
 */
#pragma once

#include <stdbool.h>

#include "common/alpaca/credentials.h"
#include "common/sys/daemon.h"
#include "common/sys/http.h"
#include "common/sys/pg.h"
#include "common/trading/led.h"
#include "ingestd/fixture.h"
#include "ingestd/settings.h"

struct broker;
struct poller;

struct ingest {
	struct daemon *daemon;
	struct log *log;
	const struct clock *clock;
	const struct ingest_settings *settings;
	const char *off; /* the switch that keeps it idle; NULL: all are on */
	bool draining;
	struct led *led;
	struct pg *pg;	       /* led's */
	struct roster *roster; /* led's */
	struct http *http;
	struct alpaca_credentials *credentials; /* NULL: no_credentials says why */
	struct err no_credentials;
	struct fixture *fixture; /* test mode: in place of both hosts; NULL otherwise */
	struct broker *broker;
	struct poller *poller;
};

/* For daemon_app. */
int ingest_start(
	struct daemon *daemon, const void *settings, void **state_out, struct err *err) MUST_CHECK;
bool ingest_ready(void *state, char *missing, size_t size);
void ingest_reload(void *state);
void ingest_drain(void *state);
void ingest_stop(void *state);
void ingest_measure(void *state, struct metrics *metrics);

/* A poll has ended: says so when the daemon waits for the last one. */
void ingest_settled(struct ingest *ingest);
/* Leading, not draining, and with keys or a fixture: something may be fetched. */
bool ingest_may_fetch(const struct ingest *ingest);
