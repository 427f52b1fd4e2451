/*
 * tradectl.h - what the rooms of the daemon share. One loop, two Postgres sessions, one broker account.
 *
 *   the order       ring or sweep -> claim.c takes an approved order -> order.c: connect -> send.c: the last fence -> send ->
 *                   verdict.c (body.c makes what is asked, echo.c reads what is answered) -> record.c
 *   its fate        resolve.c asks by id about what is unknown; follow.c reads what is accepted; stream.c (event.c) hears what
 *                   happened to it; fills.c (activity.c) fetches the executions that nobody heard; cancel.c asks for it back
 *   before the first claim
 *                   start.c: whose account the keys open (account.c), every open order by id, then list.c
 *   what we forgot  list.c lists the broker's orders, page by page (page.c), finding.c says what each means, unasked.c what was
 *                   left out; ledger.c compares what is held (positions.c)
 *   may we          serve.c says that we live and reads the account's row; seen.c keeps the highest reservation on the disk;
 *                   skew.c compares clocks; trip.c halts; trouble.c says what is in the way; unserved.c ends what no tradectl
 *                   will send
 *   to people       moves.c has each move's sentence, told.c what was logged already, gauge.c the metrics of the database
 *   outside         broker.c is the account at Alpaca, or fake.c in test mode; db.c and db_*.c every statement
 *
 * A `tradectl COMMAND` is none of this: command.h, and scratch_db.h for verify.
 */
#pragma once

#include "common/alpaca/host.h"
#include "common/sys/daemon.h"
#include "tradectl/account.h"
#include "tradectl/db.h"
#include "tradectl/skew.h"

struct broker;
struct cancels;
struct fills;
struct claim;
struct fake;
struct follow;
struct gauge;
struct ledger;
struct list;
struct moves;
struct records;
struct resolve;
struct seen;
struct serve;
struct start;
struct stream;
struct tradectl_settings;
struct told;
struct trip;
struct unserved;

struct tradectl {
	struct daemon *daemon;
	const struct tradectl_settings *settings;
	struct event_base *base;
	struct log *log;
	const struct clock *clock;
	struct metrics *metrics;
	bool trading_enabled;
	enum alpaca_account account;
	char *worker; /* host and process, kept in leases */
	struct db db;
	struct broker *broker; /* NULL: no keys, and trading is off */
	struct fake *fake;     /* test mode: what broker asks; NULL otherwise */
	unsigned keys;	       /* how often keys were taken */
	char number
		[ACCOUNT_NUMBER]; /* of the account that the first keys opened; "" = not known yet */
	struct moves *moves;
	struct told *told;
	struct seen *seen;
	struct serve *serve;
	struct gauge *gauge;
	struct records *records;
	struct trip *trip;
	struct start *start;
	struct list *list;
	struct ledger *ledger;
	struct unserved *unserved;
	struct claim *claim;
	struct resolve *resolve;
	struct follow *follow;
	struct cancels *cancels;
	struct stream *stream;
	struct fills *fills;
	char *stream_url;
	struct event *sweep;
	unsigned sweeps;
	struct db_served served; /* broker_account as last read */
	struct mono served_at;	 /* when; us 0 = never since the database came up */
	struct skew skew;	 /* the database's clock against this host's */
	bool draining;
};

int tradectl_start(struct daemon *daemon, const void *settings, void **state_out, struct err *err);
bool tradectl_ready(void *state, char *missing, size_t size);
void tradectl_reload(void *state);
void tradectl_drain(void *state);
void tradectl_stop(void *state);

/* Something ended: perhaps the last thing that a drain waits for. */
void tradectl_quiet(struct tradectl *t);
struct span tradectl_http_timeout(const struct tradectl *t);
