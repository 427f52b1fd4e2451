/* ws_dial.c - name, TCP, TLS and the upgrade of ws_client.h. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>

#include "common/sys/alloc.h"
#include "common/sys/err.h"
#include "common/sys/must.h"
#include "common/sys/ws_client_own.h"
#include "common/sys/ws_tls.h"

/* The head may come in any pieces, and frames right behind it. */
static void head_read(struct ws_client *client)
{
	struct evbuffer *input = bufferevent_get_input(client->bev);
	struct evbuffer_ptr blank = evbuffer_search(input, "\r\n\r\n", 4, NULL);
	size_t length = blank.pos < 0 ? evbuffer_get_length(input) : (size_t)blank.pos + 4;
	char why[WS_WHY];

	if (length > WS_HEAD_MAX)
		return ws_end(client, "the answer to the upgrade is too long");
	if (blank.pos < 0)
		return;

	AUTO(alloc_free) char *head = alloc_zero(length + 1);
	evbuffer_remove(input, head, length);
	if (ws_judge(head, length, client->key, &client->end.status, why) < 0)
		return ws_end(client, why);
	client->end.status = 0;
	client->end.opened = true;
	client->phase = WS_OPEN;
	ws_wait(client, client->ping_after);
	ws_frame_begin(client);
	client->hooks.opened(client->hooks.owner);
}

static void on_read(struct bufferevent *bev, void *owner)
{
	struct ws_client *client = owner;

	(void)bev;
	ws_enter(client);
	client->heard_at = clock_mono(client->clock);
	if (client->pinged && client->phase == WS_OPEN)
		ws_wait(client, client->ping_after);
	client->pinged = false;
	if (client->phase == WS_SHAKING)
		head_read(client);
	if (!client->freed && (client->phase == WS_OPEN || client->phase == WS_CLOSING))
		ws_frame_read(client);
	ws_leave(client);
}

static void on_written(struct bufferevent *bev, void *owner)
{
	struct ws_client *client = owner;

	(void)bev;
	ws_enter(client);
	ws_frame_flush(client);
	ws_leave(client);
}

static void shake(struct ws_client *client)
{
	ws_key(client->key);
	AUTO(alloc_free)
	char *request =
		ws_request(&client->parts, client->key, (const char *const *)client->headers);

	client->phase = WS_SHAKING;
	ws_wait(client, client->handshake);
	bufferevent_write(client->bev, request, strlen(request));
	bufferevent_enable(client->bev, EV_READ | EV_WRITE);
}

static void try_next(struct ws_client *client);

static void connection_failed(struct ws_client *client, short what)
{
	unsigned long tls = client->ssl ? bufferevent_get_openssl_error(client->bev) : 0;
	int error = EVUTIL_SOCKET_ERROR();
	char why[WS_WHY];

	if (client->ssl && (tls != 0 || SSL_get_verify_result(client->ssl) != X509_V_OK))
		ws_tls_say(client->ssl, tls, why, sizeof(why));
	else if ((what & BEV_EVENT_EOF) != 0)
		snprintf(why, sizeof(why), "the peer hung up without a goodbye");
	else
		snprintf(why, sizeof(why), "%s",
			error != 0 ? evutil_socket_error_to_string(error)
				   : "the connection was broken off");
	ERR_clear_error();
	if (client->phase == WS_CONNECTING && client->tried < client->found)
		try_next(client);
	else
		ws_end(client, why);
}

static void on_event(struct bufferevent *bev, short what, void *owner)
{
	struct ws_client *client = owner;

	ws_enter(client);
	if ((what & BEV_EVENT_CONNECTED) != 0 && client->phase == WS_CONNECTING) {
		int on = 1;

		(void)setsockopt(bufferevent_getfd(bev), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		shake(client);
	} else if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0 && client->phase != WS_ENDED) {
		connection_failed(client, what);
	}
	ws_leave(client);
}

/* One bufferevent and one SSL a try. */
static int way_make(struct ws_client *client, struct err *err)
{
	const int options = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;
	bool secure = strcmp(client->parts.scheme, "wss") == 0;
	int r = secure ? ws_tls_new(client->parts.host, client->ca_file, &client->ssl, err) : 0;

	if (r < 0)
		return r;
	client->bev = secure ? bufferevent_openssl_socket_new(client->base, -1, client->ssl,
				       BUFFEREVENT_SSL_CONNECTING, options)
			     : bufferevent_socket_new(client->base, -1, options);
	must(client->bev != NULL);
	bufferevent_setcb(client->bev, on_read, on_written, on_event, client);
	return 0;
}

static void try_next(struct ws_client *client)
{
	const struct ws_address *address = &client->addresses[client->tried++];
	struct err err;

	ws_hang_up(client);
	if (way_make(client, &err) < 0)
		ws_end(client, err.text);
	else if (bufferevent_socket_connect(client->bev, (const struct sockaddr *)&address->bytes,
			 (int)address->length) < 0)
		ws_end(client, "no socket, or no route");
}

static void on_found(void *owner, const struct addrinfo *found, const char *error)
{
	struct ws_client *client = owner;

	ws_enter(client);
	for (; found && client->found < WS_ADDRESSES; found = found->ai_next) {
		struct ws_address *address = &client->addresses[client->found++];

		memcpy(&address->bytes, found->ai_addr, found->ai_addrlen);
		address->length = found->ai_addrlen;
	}
	if (error)
		ws_end(client, error);
	else if (client->phase == WS_CONNECTING)
		try_next(client);
	ws_leave(client);
}

static const char *trouble_of(const struct http_url *parts)
{
	if (strcmp(parts->scheme, "ws") != 0 && strcmp(parts->scheme, "wss") != 0)
		return "not a ws or wss URL";
	if (strcmp(parts->scheme, "ws") == 0 && !http_host_is_loopback(parts->host))
		return "ws is for loopback only";
	return NULL;
}

void ws_dial(struct ws_client *client)
{
	const char *trouble = http_url_split(client->url, &client->parts)
				      ? trouble_of(&client->parts)
				      : "not a plain URL of scheme, host, port and path";

	client->heard_at = clock_mono(client->clock);
	if (trouble)
		return ws_end(client, trouble);
	client->phase = WS_CONNECTING;
	ws_wait(client, client->connect);
	client->lookup =
		lookup_new(client->base, client->parts.host, client->parts.port, on_found, client);
}
