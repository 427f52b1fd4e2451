/* hub.c - see hub.h. */
#include "apid/hub.h"

#include <string.h>

#include "apid/apid.h"
#include "apid/auth.h"
#include "apid/base64url.h"
#include "apid/hub_conn.h"
#include "apid/hub_negotiate.h"
#include "apid/hub_user.h"
#include "apid/origin.h"
#include "apid/request.h"
#include "apid/websocket.h"
#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/ws_handshake.h"

enum {
	DRAIN_STEPS = 20,
	DRAIN_STEP_MS = 100,
};

void hub_negotiate(struct request *request)
{
	AUTO(alloc_free) char *body = NULL;
	struct uuid public_id = uuid_random(), secret = uuid_random();
	char connection_id[HUB_ID_TEXT], token[HUB_TOKEN_TEXT];
	const char *version = request_query(request, "negotiateVersion");

	if (!version)
		version = request_query(request, "NegotiateVersion");
	base64url_encode(public_id.bytes, sizeof(public_id.bytes), connection_id);
	hub_token_make(request->who.uid, secret.bytes, clock_wall(request->apid->clock), token);
	body = hub_negotiate_print(version, connection_id, token);
	request_answer(request, 200, "application/json", body, strlen(body));
}

static bool origin_may(const struct request *request)
{
	const char *origin = request_header(request, "Origin");

	return !origin || origin_listed(request->apid->settings->allowed_origins, origin) ||
	       origin_is_own(origin, request_header(request, "Host"));
}

static bool is_in_use(const struct hub_user *user, const char *token)
{
	const struct hub_conn *conn;

	TAILQ_FOREACH(conn, &user->conns, entry)
	{
		if (strcmp(conn->token, token) == 0)
			return true;
	}
	return false;
}

static bool is_live(const struct hub_conn *conn)
{
	return conn->state == HUB_SHAKING || conn->state == HUB_OPEN;
}

/* The newest socket is the one that the person holds in hand. */
static void make_room(struct hub_user *user)
{
	struct hub_conn *conn;
	size_t live = 0;

	TAILQ_FOREACH(conn, &user->conns, entry)
	{
		live += is_live(conn);
	}
	TAILQ_FOREACH(conn, &user->conns, entry)
	{
		if (live < HUB_SOCKETS_A_USER)
			break;
		if (!is_live(conn))
			continue;
		hub_conn_stop(conn, "Another device of yours has connected.");
		live--;
	}
}

static void refuse(struct request *request, int status, const char *detail)
{
	request_close_after(request);
	request_refuse(request, status, "%s", detail);
}

static bool judge_upgrade(struct request *request)
{
	const struct websocket_offer offer = {
		.get = strcmp(request->method, "GET") == 0,
		.http_1_1 = request_is_http_1_1(request),
		.upgrade = request_header(request, "Upgrade"),
		.connection = request_header(request, "Connection"),
		.key = request_header(request, "Sec-WebSocket-Key"),
		.version = request_header(request, "Sec-WebSocket-Version"),
	};

	switch (websocket_judge(&offer)) {
	case WEBSOCKET_OK:
		return true;
	case WEBSOCKET_NONE:
		refuse(request, 400,
			request_query(request, "id")
				? "This hub speaks WebSockets only: ask for an upgrade."
				: "Connection ID required.");
		return false;
	case WEBSOCKET_BAD:
		refuse(request, 400, "This is not the opening handshake of RFC 6455.");
		return false;
	case WEBSOCKET_BAD_VERSION:
		request_add_header(request, "Sec-WebSocket-Version", "13");
		refuse(request, 426, "Only version 13 of the WebSocket protocol is spoken here.");
		return false;
	}
	return false;
}

void hub_connect(struct request *request)
{
	struct hub *hub = request->apid->hub;
	const char *token = request_query(request, "id");
	char accept[WS_ACCEPT_TEXT];
	struct hub_user *user;

	if (!judge_upgrade(request))
		return;
	if (!origin_may(request)) {
		refuse(request, 403,
			"This origin may not open a socket here. Its operator can add it to "
			"APID_ALLOWED_ORIGINS.");
		return;
	}
	if (request->apid->draining) {
		refuse(request, 503, "This instance is about to stop. Connect again in a moment.");
		return;
	}
	if (token && !hub_token_holds(token, request->who.uid, clock_wall(request->apid->clock))) {
		refuse(request, 404, "No Connection with that ID. Negotiate again.");
		return;
	}
	user = hub_user_of(hub, request->who.uid);
	if (token && is_in_use(user, token)) {
		refuse(request, 409, "Another socket uses this connection ID. Negotiate again.");
		hub_user_release(user);
		return;
	}
	make_room(user);
	ws_accept(request_header(request, "Sec-WebSocket-Key"), accept);
	hub_conn_open(user, request, accept);
}

static struct hub_user *user_here(const struct hub *hub, const char *uid)
{
	return (struct hub_user *)(void *)keyed_find(&hub->users, uid);
}

void hub_look(struct hub *hub, const char *uid)
{
	struct hub_user *user = user_here(hub, uid);

	if (!user)
		return;
	user->look = true;
	hub_user_read(user);
}

void hub_question_closed(struct hub *hub, const char *uid, struct uuid id)
{
	struct hub_user *user = user_here(hub, uid);

	if (!user)
		return;
	ids_add(&user->closed, id);
	hub_user_read(user);
}

void hub_order_changed(struct hub *hub, const char *uid, struct uuid id)
{
	struct hub_user *user = user_here(hub, uid);

	if (!user)
		return;
	ids_add(&user->orders, id);
	hub_user_read(user);
}

bool hub_has_sent(const struct hub *hub, const char *uid, struct uuid id)
{
	const struct hub_user *user = user_here(hub, uid);
	const struct hub_conn *conn;

	if (!user)
		return true;
	TAILQ_FOREACH(conn, &user->conns, entry)
	{
		if (hub_conn_is_open(conn) && !ids_has(&conn->sent, id))
			return false;
	}
	return true;
}

static void look_again(struct keyed_node *node, void *owner)
{
	struct hub_user *user = (struct hub_user *)(void *)node;

	(void)owner;
	user->look = true;
	user->recent = true;
	hub_user_read(user);
}

void hub_look_all(struct hub *hub)
{
	keyed_each(&hub->users, look_again, NULL);
}

static void check_tokens(struct keyed_node *node, void *owner);

/* Each socket was verified with an auth_time of its own: the earliest goes first, then the next is looked at. */
static void checked(void *owner, const struct token *who, struct problem *problem)
{
	struct hub_user *user = owner;
	struct hub_conn *conn;

	user->checking = false;
	if (problem && problem->status == 401) {
		TAILQ_FOREACH(conn, &user->conns, entry)
		{
			if (conn->who.auth_time.us <= who->auth_time.us)
				hub_conn_stop(conn, "You have been signed out. Sign in again.");
		}
		check_tokens(&user->node, NULL);
	}
	hub_user_release(user);
}

static void check_tokens(struct keyed_node *node, void *owner)
{
	struct hub_user *user = (struct hub_user *)(void *)node;
	const struct hub_conn *oldest = NULL;
	const struct hub_conn *conn;

	(void)owner;
	TAILQ_FOREACH(conn, &user->conns, entry)
	{
		if (is_live(conn) && (!oldest || conn->who.auth_time.us < oldest->who.auth_time.us))
			oldest = conn;
	}
	if (!oldest || user->checking)
		return;
	user->checking = true;
	auth_check_again(user->hub->apid->auth, &oldest->who, checked, user);
}

static void sweep_user(struct keyed_node *node, void *owner)
{
	struct hub_user *user = (struct hub_user *)(void *)node;

	(void)owner;
	if (user->look)
		hub_user_read(user);
	check_tokens(node, NULL);
}

void hub_sweep(struct hub *hub)
{
	keyed_each(&hub->users, sweep_user, NULL);
}

size_t hub_sockets(const struct hub *hub)
{
	return hub->nconns;
}

size_t hub_users(const struct hub *hub)
{
	return hub->users.count;
}

struct closing {
	size_t left;
};

static void close_some(struct keyed_node *node, void *owner)
{
	struct hub_user *user = (struct hub_user *)(void *)node;
	struct closing *closing = owner;
	struct hub_conn *conn;

	TAILQ_FOREACH(conn, &user->conns, entry)
	{
		if (!closing->left || !is_live(conn))
			continue;
		hub_conn_close(conn, WSLAY_CODE_GOING_AWAY, "restarting");
		closing->left--;
	}
}

static void on_drain(evutil_socket_t fd, short events, void *owner)
{
	struct hub *hub = owner;
	int steps_left = DRAIN_STEPS - hub->drain_steps;
	struct closing closing = {
		.left = hub->nconns / (size_t)(steps_left > 1 ? steps_left : 1) + 1};

	(void)fd;
	(void)events;
	if (hub->drain_steps < DRAIN_STEPS - 1)
		hub->drain_steps++;
	keyed_each(&hub->users, close_some, &closing);
}

void hub_drain(struct hub *hub)
{
	const struct timeval step = {.tv_usec = DRAIN_STEP_MS * 1000};

	event_add(hub->drain_timer, &step);
	on_drain(-1, 0, hub);
}

struct hub *hub_new(struct apid *apid)
{
	struct hub *hub = alloc_zero(sizeof(*hub));

	hub->apid = apid;
	hub->drain_timer = event_new(apid->base, -1, EV_PERSIST, on_drain, hub);
	must(hub->drain_timer);
	return hub;
}

void hub_free(struct hub **hub)
{
	if (!*hub)
		return;
	event_free((*hub)->drain_timer);
	alloc_free(hub);
}
