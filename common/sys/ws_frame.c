/* ws_frame.c - framing by wslay: ws_client.h behind the upgrade. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "common/sys/must.h"
#include "common/sys/ws_client_own.h"

enum {
	UNSENT_MOST = 256 * 1024,
	FAREWELL_MS = 2000,
};

static size_t unsent(const struct ws_client *client)
{
	return evbuffer_get_length(bufferevent_get_output(client->bev));
}

/* Why framing is over, in the peer's words where it had some. */
static void end_framing(struct ws_client *client)
{
	uint16_t got = wslay_event_get_status_code_received(client->frames);
	uint16_t said = wslay_event_get_status_code_sent(client->frames);
	char why[WS_WHY];

	if (wslay_event_get_close_received(client->frames)) {
		client->end.code = got;
		snprintf(why, sizeof(why), "the peer closed the connection with code %d", got);
	} else if (said == WSLAY_CODE_MESSAGE_TOO_BIG) {
		snprintf(why, sizeof(why), "a message over %zu bytes", client->max_message);
	} else if (said == WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA) {
		snprintf(why, sizeof(why), "a text that is not UTF-8");
	} else {
		snprintf(why, sizeof(why), "the peer broke the protocol");
	}
	ws_end(client, why);
}

void ws_frame_flush(struct ws_client *client)
{
	if (client->phase != WS_OPEN && client->phase != WS_CLOSING)
		return;
	if (wslay_event_send(client->frames) < 0)
		return ws_end(client, "framing failed");
	if (wslay_event_want_read(client->frames))
		return;

	/* The peer's close, or a broken frame: nothing more is read, so that the silence bounds our own goodbye. */
	bufferevent_disable(client->bev, EV_READ);
	if (!wslay_event_want_write(client->frames) && unsent(client) == 0)
		end_framing(client);
}

static int queue(struct ws_client *client, uint8_t opcode, const void *bytes, size_t length)
{
	const struct wslay_event_msg message = {
		.opcode = opcode, .msg = bytes, .msg_length = length};

	if (client->phase != WS_OPEN)
		return -ENOTCONN;
	if (unsent(client) + length > UNSENT_MOST ||
		wslay_event_queue_msg(client->frames, &message) < 0)
		return -ENOBUFS;
	ws_frame_flush(client);
	return 0;
}

int ws_client_send_text(struct ws_client *client, const char *text, size_t length)
{
	return queue(client, WSLAY_TEXT_FRAME, text, length);
}

int ws_client_send_binary(struct ws_client *client, const void *bytes, size_t length)
{
	return queue(client, WSLAY_BINARY_FRAME, bytes, length);
}

void ws_client_close(struct ws_client *client)
{
	if (client->phase != WS_OPEN)
		return ws_end(client, "closed by us before it was open");
	client->phase = WS_CLOSING;
	ws_wait(client, span_ms(FAREWELL_MS));
	if (wslay_event_queue_close(client->frames, WSLAY_CODE_NORMAL_CLOSURE, NULL, 0) < 0)
		return ws_end(client, "framing failed");
	ws_frame_flush(client);
}

static ssize_t on_recv(
	wslay_event_context_ptr frames, uint8_t *into, size_t room, int flags, void *owner)
{
	struct ws_client *client = owner;
	int got = -1;

	(void)flags;
	/* An owner that has freed us or hung up inside message() hears no more. */
	if (!client->freed && client->phase != WS_ENDED)
		got = evbuffer_remove(bufferevent_get_input(client->bev), into, room);
	if (got > 0)
		return got;
	wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static ssize_t on_send(
	wslay_event_context_ptr frames, const uint8_t *bytes, size_t length, int flags, void *owner)
{
	struct ws_client *client = owner;

	(void)flags;
	if (evbuffer_add(bufferevent_get_output(client->bev), bytes, length) == 0)
		return (ssize_t)length;
	wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

static int on_mask(wslay_event_context_ptr frames, uint8_t *out, size_t length, void *owner)
{
	(void)frames;
	(void)owner;
	arc4random_buf(out, length);
	return 0;
}

static void on_message(
	wslay_event_context_ptr frames, const struct wslay_event_on_msg_recv_arg *got, void *owner)
{
	struct ws_client *client = owner;
	const struct ws_message message = {.binary = got->opcode == WSLAY_BINARY_FRAME,
		.bytes = (const char *)got->msg,
		.length = got->msg_length};

	(void)frames;
	if (wslay_is_ctrl_frame(got->opcode) || client->freed || client->phase != WS_OPEN)
		return;
	client->hooks.message(client->hooks.owner, &message);
}

void ws_frame_begin(struct ws_client *client)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_recv,
		.send_callback = on_send,
		.genmask_callback = on_mask,
		.on_msg_recv_callback = on_message,
	};

	must(wslay_event_context_client_init(&client->frames, &callbacks, client) == 0);
	wslay_event_config_set_max_recv_msg_length(client->frames, client->max_message);
}

void ws_frame_read(struct ws_client *client)
{
	if (wslay_event_recv(client->frames) < 0)
		return ws_end(client, "the peer broke the protocol");
	if (!client->freed)
		ws_frame_flush(client);
}

void ws_frame_ping(struct ws_client *client)
{
	const struct wslay_event_msg ping = {.opcode = WSLAY_PING};

	if (wslay_event_queue_msg(client->frames, &ping) == 0)
		ws_frame_flush(client);
}
