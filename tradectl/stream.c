/* stream.c - see stream.h. */
#include "tradectl/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/sys/alloc.h"
#include "common/sys/backoff.h"
#include "common/sys/sqlstate.h"
#include "common/sys/ws_client.h"
#include "tradectl/broker.h"
#include "tradectl/event.h"
#include "tradectl/fills.h"
#include "tradectl/follow.h"
#include "tradectl/list.h"
#include "tradectl/record.h"
#include "tradectl/settings.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"
#include "tradectl/trip.h"

enum {
	CONNECT_MS = 5000,
	HANDSHAKE_MS = 5000,
	OPEN_MS = 10000, /* from connecting to listening */
	PING_SEC = 20,
	SILENCE_SEC = 45,
	MESSAGE_MOST = 256 * 1024,
	BACKOFF_FIRST_MS = 500,
	BACKOFF_MOST_SEC = 30,
	STEADY_SEC = 30, /* a connection that lasted so long was a good one */
	QUEUE_MOST = 2000,
	AGAIN_MS = 500,
	LATE_MOST_SEC = 10, /* behind a poll */
	GRACE_SEC = 15,	    /* after it began to listen */
	EXPECTED_MOST = 64,
};

enum phase {
	RESTING, /* until its timer, or for ever: no keys */
	CONNECTING,
	AUTHENTICATING,
	LISTENING,
};

struct heard {
	TAILQ_ENTRY(heard) link;
	char *json;
};

struct expected {
	struct uuid id;
	struct mono since;
};

struct stream {
	struct tradectl *t;
	struct ws_client *client;
	struct event *timer; /* end of the rest, or of patience while opening */
	struct event *again; /* the database did not take the first of the queue */
	enum phase phase;
	struct backoff backoff;
	struct mono listening_at;
	bool resting;	  /* the timer runs */
	bool told_down;	  /* one line a change of state */
	bool catching_up; /* every open order is to be read; not asked for yet */
	bool asking;	  /* for that, or for the first of the queue */
	TAILQ_HEAD(heard_queue, heard) queue;
	size_t queued;
	struct expected expected[EXPECTED_MOST];
	size_t expects;
};

static void on_timer(evutil_socket_t fd, short what, void *owner);
static void on_again(evutil_socket_t fd, short what, void *owner);
static void write_next(struct stream *stream);

static void gauge(struct stream *stream)
{
	metric_set(stream->t->metrics, "broker_stream_up", NULL,
		"1 while the broker's trade updates are listened to.", stream->phase == LISTENING);
}

struct stream *stream_new(struct tradectl *t)
{
	struct stream *stream = alloc_zero(sizeof(*stream));

	stream->t = t;
	stream->timer = event_new(t->base, -1, 0, on_timer, stream);
	stream->again = event_new(t->base, -1, 0, on_again, stream);
	stream->backoff = (struct backoff){
		.first = span_ms(BACKOFF_FIRST_MS), .most = span_sec(BACKOFF_MOST_SEC)};
	TAILQ_INIT(&stream->queue);
	gauge(stream);
	return stream;
}

static void heard_free(struct stream *stream, struct heard *heard)
{
	TAILQ_REMOVE(&stream->queue, heard, link);
	stream->queued--;
	alloc_free(&heard->json);
	alloc_free(&heard);
}

void stream_free(struct stream **stream)
{
	struct stream *old = *stream;

	if (!old)
		return;
	pg_forget(old->t->db.work, old);
	ws_client_free(&old->client);
	while (!TAILQ_EMPTY(&old->queue))
		heard_free(old, TAILQ_FIRST(&old->queue));
	event_free(old->timer);
	event_free(old->again);
	alloc_free(stream);
}

static void rest(struct stream *stream, struct span wait)
{
	struct timeval after = span_timeval(wait);

	ws_client_free(&stream->client);
	stream->phase = RESTING;
	stream->resting = true;
	stream->expects = 0;
	event_add(stream->timer, &after);
	gauge(stream);
}

/* The connection is over, whoever ended it; the next one comes after a while. */
static void down(struct stream *stream, const char *why)
{
	struct tradectl *t = stream->t;

	if (stream->phase == LISTENING &&
		mono_reached(
			mono_add(stream->listening_at, span_sec(STEADY_SEC)), clock_mono(t->clock)))
		backoff_reset(&stream->backoff);
	if (!stream->told_down)
		log_warning(t->log, "stream.down",
			"no trade updates for now; orders are polled, and the stream is tried "
			"again",
			LOG_TEXT("why", why));
	stream->told_down = true;
	metric_add(t->metrics, "broker_stream_ends_total", NULL,
		"Connections of the trade-updates stream that ended or were not made.", 1);
	rest(stream, backoff_next(&stream->backoff, arc4random()));
}

static void on_closed(void *owner, const struct ws_end *end)
{
	down(owner, end->why);
}

static void on_opened(void *owner)
{
	struct stream *stream = owner;
	const struct tradectl_settings *settings = stream->t->settings;
	AUTO(event_wipe) char *login = event_authenticate(settings->key_id, settings->secret);

	stream->phase = AUTHENTICATING;
	if (ws_client_send_text(stream->client, login, strlen(login)) < 0)
		down(stream, "the keys could not be sent");
}

static void caught_up(void *owner, const struct pg_answer *answer)
{
	struct stream *stream = owner;

	stream->asking = false;
	if (answer->outcome == PG_DONE) {
		stream->catching_up = false;
		follow_wake(stream->t->follow);
	}
	write_next(stream); /* what failed is tried again by the sweep */
}

static void catch_up(struct stream *stream)
{
	if (!stream->catching_up || stream->asking || !pg_ready(stream->t->db.work))
		return;
	stream->asking = true;
	db_poll_soon(&stream->t->db, caught_up, stream);
}

static void up(struct stream *stream)
{
	struct tradectl *t = stream->t;

	event_del(stream->timer);
	stream->phase = LISTENING;
	stream->listening_at = clock_mono(t->clock);
	stream->told_down = false;
	stream->catching_up = true;
	gauge(stream);
	log_info(t->log, "stream.up",
		"trade updates are listened to; open orders are read once more",
		LOG_TEXT("url", t->stream_url));
	fills_gap(t->fills);
	catch_up(stream);
}

static void listen_now(struct stream *stream)
{
	AUTO(event_wipe) char *listen = event_listen();

	if (ws_client_send_text(stream->client, listen, strlen(listen)) < 0)
		down(stream, "listening could not be asked for");
}

static void keep(struct stream *stream, struct event_read *event)
{
	struct tradectl *t = stream->t;
	struct heard *heard = alloc_zero(sizeof(*heard));
	AUTO(alloc_free) char *labels = alloc_print("event=\"%s\"", event_label(event->name));

	metric_add(t->metrics, "broker_stream_events_total", labels,
		"Events of the trade-updates stream by name.", 1);
	heard->json = TAKE(event->json);
	TAILQ_INSERT_TAIL(&stream->queue, heard, link);
	stream->queued++;
	write_next(stream);
}

/* Another account's worth of events, or a database that is away for long: the polls will tell. */
static void overrun(struct stream *stream)
{
	/* Its answer would be taken for that of the next connection's first event. */
	pg_forget(stream->t->db.work, stream);
	stream->asking = false;
	while (!TAILQ_EMPTY(&stream->queue))
		heard_free(stream, TAILQ_FIRST(&stream->queue));
	down(stream, "more events than the database takes; the polls tell the rest");
}

static void take(struct stream *stream, struct event_read *event)
{
	switch (event->kind) {
	case EVENT_NONE:
		return;
	case EVENT_AUTHORIZED:
		if (stream->phase == AUTHENTICATING)
			listen_now(stream);
		return;
	case EVENT_UNAUTHORIZED:
		return down(stream, "the broker does not take the keys");
	case EVENT_LISTENING:
		if (stream->phase == AUTHENTICATING)
			up(stream);
		return;
	case EVENT_NOT_LISTENING:
		return down(stream, "the broker does not offer trade updates");
	case EVENT_ERROR:
		return down(stream, event->why);
	case EVENT_UNREADABLE:
		/* What it would have told, the next poll tells. */
		metric_add(stream->t->metrics, "broker_stream_unreadable_total", NULL,
			"Frames of the trade-updates stream that could not be read.", 1);
		log_warning(stream->t->log, "stream.unreadable",
			"a frame is left out; open orders are read once more",
			LOG_TEXT("why", event->why));
		stream->catching_up = true;
		return catch_up(stream);
	case EVENT_UPDATE:
		if (stream->queued >= QUEUE_MOST)
			return overrun(stream);
		return keep(stream, event);
	}
}

static void on_message(void *owner, const struct ws_message *message)
{
	struct event_read event;

	event_read(message->bytes, message->length, &event);
	take(owner, &event);
	event_done(&event);
}

/* The order of an event that the database took. */
static void taken(struct stream *stream, const struct db_filled *filled)
{
	struct tradectl *t = stream->t;
	struct db_order order = {.id = filled->id};

	for (size_t i = 0; i < stream->expects; i++)
		if (memcmp(&stream->expected[i].id, &filled->id, sizeof(filled->id)) == 0)
			stream->expected[i--] = stream->expected[--stream->expects];
	snprintf(order.terms.client_order_id, TERMS_ID, "%s", filled->client_order_id);
	snprintf(order.status, sizeof(order.status), "%s", filled->before);
	record_heard(t->records, &order, filled->status);
}

static void looked_up(struct stream *stream, const struct db_filled *filled)
{
	struct tradectl *t = stream->t;

	if (strcmp(filled->status, "unknown_order") == 0) {
		log_debug(t->log, "stream.unknown_order",
			"an event of an order that no row explains: the list says what it is",
			LOG_TEXT("client_order_id", filled->client_order_id));
		if (strncmp(filled->client_order_id, "h1-", 3) == 0)
			list_soon(t->list);
	} else if (strcmp(filled->status, "differs") == 0) {
		list_soon(t->list);
		log_error(t->log, "stream.differs",
			"an event shows another order under our id; it is not recorded, the "
			"broker's list is read at once",
			LOG_TEXT("client_order_id", filled->client_order_id));
	} else {
		taken(stream, filled);
	}
}

static void written(void *owner, const struct pg_answer *answer)
{
	struct stream *stream = owner;
	struct tradectl *t = stream->t;
	struct db_filled filled;
	struct err err = {""};

	stream->asking = false;
	if (answer->outcome != PG_DONE &&
		(answer->outcome == PG_UNKNOWN || sqlstate_passes(answer->sqlstate))) {
		event_add(stream->again, &(struct timeval){.tv_usec = AGAIN_MS * 1000});
		return;
	}
	if (answer->outcome != PG_DONE || db_filled(answer, &filled, &err) < 0)
		log_error(t->log, "stream.unrecorded",
			"an event could not be recorded; the next poll tells what it said",
			LOG_TEXT("error", err.text[0] ? err.text : answer->error));
	else
		looked_up(stream, &filled);
	if (!TAILQ_EMPTY(&stream->queue))
		heard_free(stream, TAILQ_FIRST(&stream->queue));
	catch_up(stream);
	write_next(stream);
}

static void write_next(struct stream *stream)
{
	const struct heard *heard = TAILQ_FIRST(&stream->queue);

	if (!heard || stream->asking || event_pending(stream->again, EV_TIMEOUT, NULL) ||
		!pg_ready(stream->t->db.work))
		return;
	stream->asking = true;
	db_fill(&stream->t->db, heard->json, written, stream);
}

static void on_again(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	write_next(owner);
}

static void connect_now(struct stream *stream)
{
	struct tradectl *t = stream->t;

	stream->phase = CONNECTING;
	event_add(stream->timer, &(struct timeval){.tv_sec = OPEN_MS / 1000});
	stream->client = ws_client_new(&(struct ws_options){.base = t->base,
		.clock = t->clock,
		.url = t->stream_url,
		.ca_file = t->settings->ca_file,
		.connect = span_ms(CONNECT_MS),
		.handshake = span_ms(HANDSHAKE_MS),
		.ping_after = span_sec(PING_SEC),
		.silence = span_sec(SILENCE_SEC),
		.max_message = MESSAGE_MOST,
		.hooks = {on_opened, on_message, on_closed, stream}});
}

static void on_timer(evutil_socket_t fd, short what, void *owner)
{
	struct stream *stream = owner;

	(void)fd;
	(void)what;
	stream->resting = false;
	if (stream->phase == RESTING)
		stream_wake(stream);
	else
		down(stream, "no word from the broker to the keys in time");
}

/* Open and well by its pings, and yet a poll knew more, for longer than a stream may be behind. */
static void look_for_silence(struct stream *stream)
{
	struct tradectl *t = stream->t;
	struct mono now = clock_mono(t->clock);

	for (size_t i = 0; i < stream->expects; i++) {
		if (!mono_reached(
			    mono_add(stream->expected[i].since, span_sec(LATE_MOST_SEC)), now))
			continue;
		metric_add(t->metrics, "broker_stream_mute_total", NULL,
			"Connections of the trade-updates stream that were open and told nothing.",
			1);
		return down(stream, "it is open and silent: a poll found what it did not tell");
	}
}

void stream_wake(struct stream *stream)
{
	struct tradectl *t = stream->t;

	/* A broker inside this process has no stream, and nothing outside may be asked. */
	if (t->draining || !t->broker || t->fake)
		return;
	if (stream->phase == LISTENING) {
		if (stream->expects == 0)
			fills_heard(t->fills);
		look_for_silence(stream);
	}
	if (stream->phase == RESTING && !stream->resting && start_knows_account(t->start))
		connect_now(stream);
	catch_up(stream);
	write_next(stream);
}

void stream_again(struct stream *stream)
{
	event_del(stream->timer);
	backoff_reset(&stream->backoff);
	rest(stream, span_ms(1));
}

void stream_drain(struct stream *stream)
{
	event_del(stream->timer);
	ws_client_free(&stream->client);
	stream->phase = RESTING;
	gauge(stream);
}

void stream_expect(struct stream *stream, struct uuid id)
{
	struct mono now = clock_mono(stream->t->clock);

	/* What the first polls find may have happened before we listened. */
	if (stream->phase != LISTENING || stream->expects == EXPECTED_MOST ||
		!mono_reached(mono_add(stream->listening_at, span_sec(GRACE_SEC)), now))
		return;
	stream->expected[stream->expects++] = (struct expected){id, now};
}
