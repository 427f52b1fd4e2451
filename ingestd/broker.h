/*
 * broker.h - the broker's calendar and clock, kept as rows: the calendar at the start of a reign, every hour and when
 * New York's date changes; the clock every minute. The time is the database's.
 */
#pragma once

#include "common/sys/attr.h"
#include "common/trading/calendar.h"

struct broker;
struct ingest;

struct broker *broker_new(struct ingest *ingest);
void broker_free(struct broker **broker);

/* Asks for both now; poller_go() follows when the calendar's first answer has come, whatever it was. */
void broker_start(struct broker *broker);
void broker_stop(struct broker *broker);

/* What is known: without days until the broker has answered. */
const struct calendar *broker_calendar(const struct broker *broker);
/* Why the newest call failed; NULL when all is well. */
const char *broker_trouble(const struct broker *broker);
