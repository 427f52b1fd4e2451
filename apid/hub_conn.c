/* hub_conn.c - see hub_conn.h. */
#include "apid/hub_conn.h"

#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>

#include "apid/apid.h"
#include "apid/hub_call.h"
#include "apid/request.h"
#include "common/sys/alloc.h"
#include "common/sys/must.h"

static struct mono now_of(const struct hub_conn *conn)
{
	return clock_mono(conn->user->hub->apid->clock);
}

bool hub_conn_is_open(const struct hub_conn *conn)
{
	return conn->state == HUB_OPEN;
}

static size_t unsent(const struct hub_conn *conn)
{
	return evbuffer_get_length(bufferevent_get_output(conn->bev));
}

bool hub_conn_is_full(const struct hub_conn *conn)
{
	return unsent(conn) > HUB_UNSENT_FULL;
}

/* The connection goes when the loop turns: whoever calls us may stand inside wslay or walk the list of sockets. */
static void break_off(struct hub_conn *conn)
{
	conn->state = HUB_BROKEN;
	event_active(conn->tick, EV_TIMEOUT, 0);
}

static void flush(struct hub_conn *conn)
{
	if (conn->state == HUB_BROKEN)
		return;
	if (wslay_event_send(conn->ws) < 0)
		break_off(conn);
	else if (!wslay_event_want_read(conn->ws) && !wslay_event_want_write(conn->ws) &&
		 !unsent(conn))
		break_off(conn);
	else if (hub_conn_is_full(conn)) /* who does not read is not read */
		bufferevent_disable(conn->bev, EV_READ);
}

static void queue(struct hub_conn *conn, const char *record)
{
	const struct wslay_event_msg message = {
		.opcode = WSLAY_TEXT_FRAME,
		.msg = (const uint8_t *)record,
		.msg_length = strlen(record),
	};

	if (conn->state == HUB_BROKEN || conn->state == HUB_CLOSING)
		return;
	/* One record may be as long as it is; it is what lies before it that counts. */
	if (unsent(conn) > HUB_UNSENT_MOST || wslay_event_queue_msg(conn->ws, &message) < 0)
		break_off(conn);
	else
		flush(conn);
}

void hub_conn_send(struct hub_conn *conn, const char *record)
{
	if (conn->state == HUB_OPEN)
		queue(conn, record);
}

void hub_conn_close(struct hub_conn *conn, uint16_t code, const char *reason)
{
	if (conn->state == HUB_BROKEN || conn->state == HUB_CLOSING)
		return;
	conn->state = HUB_CLOSING;
	conn->life.closing_at = now_of(conn);
	if (wslay_event_queue_close(conn->ws, code, (const uint8_t *)reason, strlen(reason)) < 0)
		break_off(conn);
	else
		flush(conn);
}

void hub_conn_stop(struct hub_conn *conn, const char *error)
{
	AUTO(alloc_free) char *record = hub_print_close(error);

	queue(conn, record);
	hub_conn_close(conn, WSLAY_CODE_POLICY_VIOLATION, "");
}

static void refuse_shake(struct hub_conn *conn, const char *error)
{
	AUTO(alloc_free) char *record = hub_print_shake_error(error);

	queue(conn, record);
	hub_conn_close(conn, WSLAY_CODE_POLICY_VIOLATION, "");
}

static void shake(struct hub_conn *conn, const char *record, size_t length)
{
	char error[160];

	if (hub_handshake_read(record, length, error, sizeof(error)) < 0) {
		refuse_shake(conn, error);
		return;
	}
	queue(conn, hub_record_shaken);
	if (conn->state != HUB_SHAKING)
		return;
	conn->state = HUB_OPEN;
	conn->life.pinged_at = now_of(conn);
	conn->user->look = true;
	hub_user_read(conn->user);
}

static void take_records(struct hub_conn *conn);

/* The records behind the call are read. */
static void called(void *owner, const char *record)
{
	struct hub_conn *conn = owner;

	conn->call = NULL;
	if (record)
		hub_conn_send(conn, record);
	take_records(conn);
}

static void call_begin(struct hub_conn *conn, const struct hub_message *message)
{
	conn->call = hub_call_new(conn->user->hub->apid, &conn->who, called, conn);
	hub_call_begin(conn->call, message);
}

static void take_record(struct hub_conn *conn, const char *record, size_t length)
{
	struct hub_message message = {0};

	if (hub_message_read(record, length, &message) < 0) {
		hub_conn_stop(conn, "Connection closed with an error.");
		return;
	}
	switch (message.type) {
	case HUB_PING:
		conn->life.client_pings = true;
		break;
	case HUB_CLOSE:
		hub_conn_close(conn, WSLAY_CODE_NORMAL_CLOSURE, "");
		break;
	case HUB_INVOCATION:
	case HUB_STREAM_INVOCATION:
		call_begin(conn, &message);
		break;
	case HUB_OTHER:
		break;
	}
	hub_message_done(&message);
}

static void take_records(struct hub_conn *conn)
{
	const char *record;
	size_t length;

	if (conn->taking) /* a call that completed at once: the loop below goes on */
		return;
	conn->taking = true;
	while (!conn->call && !hub_conn_is_full(conn) &&
		(conn->state == HUB_SHAKING || conn->state == HUB_OPEN) &&
		hub_records_next(&conn->records, &record, &length)) {
		if (conn->state == HUB_SHAKING)
			shake(conn, record, length);
		else
			take_record(conn, record, length);
	}
	conn->taking = false;
}

static ssize_t on_recv(
	wslay_event_context_ptr ws, uint8_t *into, size_t room, int flags, void *owner)
{
	struct hub_conn *conn = owner;
	int got = evbuffer_remove(bufferevent_get_input(conn->bev), into, room);

	(void)flags;
	if (got > 0)
		return got;
	wslay_event_set_error(ws, WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static ssize_t on_send(
	wslay_event_context_ptr ws, const uint8_t *bytes, size_t length, int flags, void *owner)
{
	struct hub_conn *conn = owner;

	(void)flags;
	if (evbuffer_add(bufferevent_get_output(conn->bev), bytes, length) == 0)
		return (ssize_t)length;
	wslay_event_set_error(ws, WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

/* Only keeps: records are read after wslay has returned, when its context may be ended. */
static void on_message(
	wslay_event_context_ptr ws, const struct wslay_event_on_msg_recv_arg *message, void *owner)
{
	struct hub_conn *conn = owner;

	(void)ws;
	if (message->opcode == WSLAY_BINARY_FRAME)
		hub_conn_close(conn, WSLAY_CODE_UNSUPPORTED_DATA, "the JSON protocol is text");
	if (message->opcode != WSLAY_TEXT_FRAME)
		return;
	if (hub_records_add(&conn->records, (const char *)message->msg, message->msg_length) < 0)
		hub_conn_close(conn, WSLAY_CODE_MESSAGE_TOO_BIG, "");
}

static void on_read(struct bufferevent *bev, void *owner)
{
	struct hub_conn *conn = owner;

	(void)bev;
	if (conn->state == HUB_BROKEN)
		return;
	conn->life.heard_at = now_of(conn);
	if (wslay_event_recv(conn->ws) < 0) {
		break_off(conn);
		return;
	}
	take_records(conn);
	flush(conn);
}

/* All is out. */
static void on_written(struct bufferevent *bev, void *owner)
{
	struct hub_conn *conn = owner;

	if (conn->state == HUB_BROKEN)
		return;
	if (!(bufferevent_get_enabled(bev) & EV_READ)) {
		conn->life.heard_at = now_of(conn); /* whom we did not read was not silent */
		bufferevent_enable(bev, EV_READ);
	}
	conn->life.drained_at = now_of(conn);
	take_records(conn);
	flush(conn);
	if (conn->behind && conn->state == HUB_OPEN) {
		conn->behind = false;
		conn->user->look = true;
		hub_user_read(conn->user);
	}
}

static void on_event(struct bufferevent *bev, short what, void *owner)
{
	(void)bev;
	(void)what;
	break_off(owner);
}

/* door_drop has ended the connection, or evhttp_free does at the end of all. */
static void on_gone(void *owner)
{
	struct hub_conn *conn = owner;
	struct hub_user *user = conn->user;

	TAILQ_REMOVE(&user->conns, conn, entry);
	user->nconns--;
	user->hub->nconns--;
	hub_call_abandon(conn->call);
	event_free(conn->tick);
	wslay_event_context_free(conn->ws);
	hub_records_done(&conn->records);
	ids_clear(&conn->sent);
	alloc_free(&conn);
	hub_user_release(user);
}

static void live_on(struct hub_conn *conn)
{
	struct wall wall = clock_wall(conn->user->hub->apid->clock);

	switch (hub_life_judge(&conn->life, conn->state, unsent(conn), now_of(conn), wall)) {
	case HUB_GOES_ON:
		break;
	case HUB_PING_DUE:
		conn->life.pinged_at = now_of(conn);
		hub_conn_send(conn, hub_record_ping);
		break;
	case HUB_NO_HANDSHAKE:
		refuse_shake(conn, "Handshake was canceled.");
		break;
	case HUB_TOKEN_OVER:
		hub_conn_close(conn, WSLAY_CODE_GOING_AWAY, "the token has run out");
		break;
	case HUB_SILENT:
		hub_conn_close(conn, WSLAY_CODE_GOING_AWAY, "nothing heard");
		break;
	case HUB_STALLED:
	case HUB_NO_FAREWELL:
		conn->state = HUB_BROKEN;
		break;
	}
}

static void on_tick(evutil_socket_t fd, short events, void *owner)
{
	struct hub_conn *conn = owner;

	(void)fd;
	(void)events;
	if (conn->state != HUB_BROKEN)
		live_on(conn);
	if (conn->state == HUB_BROKEN)
		door_drop(conn->door);
}

/* The 101 goes out by hand: evhttp is done with this connection and only keeps it for its end. */
static void answer_upgrade(struct hub_conn *conn, const char *accept)
{
	AUTO(alloc_free)
	char *head = alloc_print("HTTP/1.1 101 Switching Protocols\r\n"
				 "Upgrade: websocket\r\nConnection: Upgrade\r\n"
				 "Sec-WebSocket-Accept: %s\r\n\r\n",
		accept);

	bufferevent_setcb(conn->bev, on_read, on_written, on_event, conn);
	bufferevent_set_timeouts(conn->bev, NULL, NULL);
	bufferevent_write(conn->bev, head, strlen(head));
	bufferevent_enable(conn->bev, EV_READ | EV_WRITE);
}

static void start_framing(struct hub_conn *conn)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_recv,
		.send_callback = on_send,
		.on_msg_recv_callback = on_message,
	};

	must(wslay_event_context_server_init(&conn->ws, &callbacks, conn) == 0);
	wslay_event_config_set_max_recv_msg_length(conn->ws, HUB_RECORD_MAX);
}

void hub_conn_open(struct hub_user *user, struct request *request, const char *accept)
{
	const struct timeval tick = {.tv_sec = HUB_TICK_SEC};
	const char *token = request_query(request, "id");
	struct hub_conn *conn = alloc_zero(sizeof(*conn));

	conn->user = user;
	conn->who = request->who;
	snprintf(conn->token, sizeof(conn->token), "%s", token ? token : "");
	conn->door = request->conn;
	conn->bev = door_take(request->conn);
	conn->tick = event_new(user->hub->apid->base, -1, EV_PERSIST, on_tick, conn);
	must(conn->tick && event_add(conn->tick, &tick) == 0);
	conn->life.opened_at = conn->life.heard_at = conn->life.drained_at = now_of(conn);
	conn->life.expires_at = hub_life_end(&conn->who, clock_wall(user->hub->apid->clock));
	start_framing(conn);
	door_watch(conn->door, on_gone, conn);
	TAILQ_INSERT_TAIL(&user->conns, conn, entry);
	user->nconns++;
	user->hub->nconns++;
	request_let_go(request);
	answer_upgrade(conn, accept);
	on_read(conn->bev, conn); /* a client may have sent frames behind its upgrade */
}
