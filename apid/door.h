/*
 * door.h - the listener and its connections: how many, how long a request may take to arrive, and who is told when
 * one goes away. evhttp reads the requests; its missing limits are here (docs/api.md, "Requests").
 *
 * A request's header must be whole 5 s after it could begin, its body 10 s later; an idle connection stays 30 s.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include "common/sys/attr.h"
#include "common/sys/clock.h"
#include "common/sys/err.h"

struct door;
struct door_conn;

enum {
	DOOR_HEADER_MAX = 16 * 1024,
	DOOR_BODY_MAX =
		256 * 1024, /* evhttp's own bare 413; ours, with its sentence, comes earlier */
	DOOR_HEADER_SEC = 5,
	DOOR_BODY_SEC = 10,
	DOOR_IDLE_SEC = 30,
};

struct door_options {
	struct event_base *base;
	const char *listen; /* host:port; ignored when systemd hands a socket over (LISTEN_FDS) */
	int64_t max_connections; /* lowered to what RLIMIT_NOFILE leaves room for */
	/* A whole request. The owner answers it with evhttp_send_reply, some time, or takes the connection over. */
	void (*arrived)(void *owner, struct door_conn *conn, struct evhttp_request *request);
	void *owner;
};

int door_open(const struct door_options *options, struct door **out, struct err *err) MUST_CHECK;
/* Is it a numeric address:port? 0 or -EINVAL. */
int door_check_listen(const char *listen, struct err *err) MUST_CHECK;
void door_close(struct door **door); /* drops every connection */
void door_pause(struct door *door);  /* takes no new connection any more */
size_t door_connections(const struct door *door);
size_t door_limit(const struct door *door);

/* The one who must hear of the connection's end: a request under way, or a hub socket. NULL: nobody. */
void door_watch(struct door_conn *conn, void (*gone)(void *owner), void *owner);
/* Takes the connection out of evhttp's hands: the caller sets its own callbacks. End it with door_drop. */
struct bufferevent *door_take(struct door_conn *conn);
/* Closes at once; the watcher hears of it. Never from inside arrived(). */
void door_drop(struct door_conn *conn);

/* In a build that has failpoints: sends half of the reply that waits, then passes A07; `fail` hangs up. */
#ifdef HYBRIDHUB_FAILPOINTS
void door_reply_half(struct door_conn *conn);
#else
#define door_reply_half(conn) ((void)0)
#endif
