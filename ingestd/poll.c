/* poll.c - see poll.h. */
#include "ingestd/poll.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "common/sys/uuid.h"
#include "ingestd/broker.h"
#include "ingestd/db.h"
#include "ingestd/fetch.h"
#include "ingestd/ingest.h"
#include "ingestd/parse.h"
#include "ingestd/url.h"

struct poll {
	struct poll_request request;
	struct watch_entry *entries; /* request.entries, ours */
	char *body;
	size_t length;
	size_t layer; /* of the fixture */
	bool more;    /* there is another layer */
	struct market_rows *rows;
	struct poll_result result;
};

static void poll_free(struct poll **poll)
{
	alloc_free(&(*poll)->entries);
	alloc_free(&(*poll)->body);
	market_rows_free(&(*poll)->rows);
	alloc_free(poll);
}

void poll_drop(struct poll **poll)
{
	if (*poll == NULL)
		return;
	http_forget((*poll)->request.ingest->http, *poll);
	pg_forget((*poll)->request.ingest->pg, *poll);
	poll_free(poll);
}

struct plan_key poll_key(const struct poll *poll)
{
	return poll->request.key;
}

static void end(struct poll *poll)
{
	poll->request.done(poll->request.owner, poll, &poll->result);
	poll_free(&poll);
}

static void fail(struct poll *poll, const char *kind, const char *why)
{
	poll->result.kind = kind;
	snprintf(poll->result.answer.message, sizeof(poll->result.answer.message), "%s", why);
	end(poll);
}

static void play_next(struct poll *poll);

static void stored(void *owner, const struct pg_answer *answer)
{
	struct poll *poll = owner;
	int64_t written;
	struct err err;

	if (answer->outcome != PG_DONE) {
		/* It may be the day that has changed under us: the next batch makes sure of its partitions. */
		*poll->request.parted = (struct date){0};
		fail(poll, "database", answer->error);
		return;
	}
	if (db_written(answer, &written, &err) < 0) {
		fail(poll, "database", err.text);
		return;
	}
	poll->result.written += written;
	if (poll->more) {
		play_next(poll);
		return;
	}
	poll->result.stored = true;
	poll->result.rows = poll->rows;
	end(poll);
}

static void store(struct poll *poll)
{
	AUTO(alloc_free) char *rows = market_rows_print(poll->rows);

	db_store(poll->request.ingest->pg, uuid_random(), rows, stored, poll);
}

static void parted(void *owner, const struct pg_answer *answer)
{
	struct poll *poll = owner;

	if (answer->outcome != PG_DONE) {
		fail(poll, "database", answer->error);
		return;
	}
	*poll->request.parted = date_utc(poll->result.now);
	store(poll);
}

static struct snapshot_ask ask_of(const struct poll *poll)
{
	return (struct snapshot_ask){
		.asset_class = poll->request.key.asset_class,
		.feed = poll->request.key.feed,
		.entries = poll->entries,
		.count = poll->request.count,
		.now = poll->result.now,
		.calendar = broker_calendar(poll->request.ingest->broker),
	};
}

/* Prices that come one after the other are batches one after the other. */
static void play(struct poll *poll)
{
	const struct snapshot_ask ask = ask_of(poll);

	market_rows_free(&poll->rows);
	poll->rows = fixture_rows(poll->request.ingest->fixture, &ask, poll->layer++, &poll->more);
}

static void play_next(struct poll *poll)
{
	play(poll);
	store(poll);
}

static int parse(struct poll *poll, struct err *err)
{
	const struct snapshot_ask ask = ask_of(poll);

	if (poll->request.ingest->fixture == NULL)
		return snapshots_parse(&ask, poll->body, poll->length, &poll->rows, err);
	play(poll);
	return 0;
}

/* What is today is decided by the database's clock, read after the answer came. */
static void timed(void *owner, const struct pg_answer *answer)
{
	struct poll *poll = owner;
	struct err err;

	if (answer->outcome != PG_DONE) {
		fail(poll, "database", answer->error);
		return;
	}
	if (db_now(answer, &poll->result.now, &err) < 0) {
		fail(poll, "database", err.text);
		return;
	}
	if (parse(poll, &err) < 0) {
		fail(poll, "unreadable", err.text);
		return;
	}
	if (date_compare(*poll->request.parted, date_utc(poll->result.now)) == 0)
		store(poll);
	else
		db_partitions(poll->request.ingest->pg, parted, poll);
}

static void answered(void *owner, const struct http_response *response)
{
	struct poll *poll = owner;
	struct answer *answer = &poll->result.answer;

	fetch_read(poll->request.ingest, response, poll->request.pace, answer);
	poll->result.kind = answer_kind_text(answer->kind);
	if (answer->kind != ANSWER_OK) {
		end(poll);
		return;
	}
	poll->body = alloc_bytes(response->body, response->length);
	poll->length = response->length;
	db_clock(poll->request.ingest->pg, timed, poll);
}

struct poll *poll_begin(const struct poll_request *request)
{
	const struct ingest *ingest = request->ingest;
	struct poll *poll = alloc_zero(sizeof(*poll));

	poll->request = *request;
	poll->entries = alloc_array(request->count, sizeof(*poll->entries));
	memcpy(poll->entries, request->entries, request->count * sizeof(*poll->entries));
	poll->request.entries = poll->entries;

	if (ingest->fixture != NULL) {
		db_clock(ingest->pg, timed, poll);
		return poll;
	}

	AUTO(alloc_free)
	char *url = url_snapshots(ingest->settings->data_url, request->key.asset_class,
		request->key.feed, poll->entries, request->count);
	fetch_ask(ingest, url, answered, poll);
	return poll;
}
