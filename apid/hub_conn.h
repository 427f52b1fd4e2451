/*
 * hub_conn.h - one SignalR connection over one WebSocket: framing by wslay on the connection that evhttp accepted.
 * Every message that we send is one whole record; what comes in is a stream of records, one call at a time.
 */
#pragma once

#include <stdbool.h>
#include <sys/queue.h>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <wslay/wslay.h>

#include "apid/door.h"
#include "apid/hub_life.h"
#include "apid/hub_negotiate.h"
#include "apid/hub_record.h"
#include "apid/hub_user.h"
#include "apid/ids.h"
#include "apid/token.h"

enum {
	HUB_UNSENT_FULL =
		256 *
		1024, /* bytes that wait: no record is read and no question added till they are out */
	HUB_UNSENT_MOST = 1024 * 1024, /* and nothing at all: the socket ends */
};

struct hub_call;

struct hub_conn {
	TAILQ_ENTRY(hub_conn) entry;
	struct hub_user *user;
	struct door_conn *door;
	struct bufferevent *bev;
	wslay_event_context_ptr ws;
	struct event *tick;
	enum hub_phase state;
	struct hub_records records;
	struct hub_call *call; /* under way: the records behind it wait */
	struct token who;
	char token[HUB_TOKEN_TEXT]; /* ?id=, "" when the client did not negotiate */
	struct ids sent;	    /* open questions that this socket has been told */
	struct hub_life life;
	bool taking; /* records are being read just now */
	bool behind; /* was full when questions were told: they are looked for once all is out */
};

/* Answers the upgrade and takes the connection over; afterwards the request is gone. */
struct request;
void hub_conn_open(struct hub_user *user, struct request *request, const char *accept);

bool hub_conn_is_open(const struct hub_conn *conn);
/* So much waits to go out that only what must not be left out should be sent. */
bool hub_conn_is_full(const struct hub_conn *conn);
/* A whole record as hub_print_* makes it; nothing once the socket is closing. */
void hub_conn_send(struct hub_conn *conn, const char *record);
/* Without a type-7 record the client comes back by itself; with one it stops for good (docs/api.md, "Hub"). */
void hub_conn_close(struct hub_conn *conn, uint16_t code, const char *reason);
void hub_conn_stop(struct hub_conn *conn, const char *error);
