/* door_conn.h - one connection as door.c and door_conn.c see it. */
#pragma once

#include <sys/queue.h>

#include <event2/buffer.h>

#include "apid/door.h"
#include "apid/head_end.h"

enum conn_state {
	CONN_NEW,  /* evhttp has not been seen to take it */
	CONN_HEAD, /* a request's header is due */
	CONN_BODY,
	CONN_BUSY, /* being answered */
	CONN_IDLE,
	CONN_TAKEN,
};

TAILQ_HEAD(door_conns, door_conn);

struct door_conn {
	TAILQ_ENTRY(door_conn) entry;
	struct door *door;
	struct bufferevent *bev;
	struct evhttp_connection *evcon; /* NULL while CONN_NEW */
	struct evbuffer_cb_entry *input_watch;
	struct event *timer;
	enum conn_state state;
	struct head_end head_end;
	void (*gone)(void *owner);
	void *gone_owner;
};

struct door {
	struct door_options options;
	struct evhttp *http;
	struct evconnlistener *listener; /* the bound socket's */
	struct event *every_second;	 /* wakes a listener that rests */
	struct door_conns conns;
	size_t count, limit;
	bool paused;
	struct door_conn **by_fd;
	size_t by_fd_room;
};

/* evhttp asks for a bufferevent for each connection that it accepts. */
struct bufferevent *door_conn_new(struct event_base *base, void *door);
/* The connection of a request; evhttp gives us only its own. */
struct door_conn *door_conn_of(struct door *door, struct evhttp_request *request);
void door_conn_busy(struct door_conn *conn, struct evhttp_request *request);
/* The count has changed: the listener rests at the limit. */
void door_counted(struct door *door);
