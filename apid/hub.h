/*
 * hub.h - the SignalR hub /hubs/questions: its two routes, and the people whose sockets are open here.
 *
 * Everything that must survive stands in tables: another apid, or this one after a restart, finds it there. A socket
 * is only told; that a question was delivered is set by the client's ack or answer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/sys/uuid.h"

struct apid;
struct hub;
struct request;

enum {
	HUB_SOCKETS_A_USER = 5, /* one more, and the oldest goes */
};

struct hub *hub_new(struct apid *apid);
void hub_free(struct hub **hub);

/* The routes. */
void hub_negotiate(struct request *request);
void hub_connect(struct request *request);

size_t hub_sockets(const struct hub *hub);
size_t hub_users(const struct hub *hub);

/* What a ring or a sweep has found: the person's tables are read and what changed is told. No socket here: nothing. */
void hub_look(struct hub *hub, const char *uid);
void hub_question_closed(struct hub *hub, const char *uid, struct uuid id);
void hub_order_changed(struct hub *hub, const char *uid, struct uuid id);
/* Is the question on its way to each of the person's sockets already? Also true when there is none. */
bool hub_has_sent(const struct hub *hub, const char *uid, struct uuid id);
/* Everything again for everybody connected: rings have been lost. */
void hub_look_all(struct hub *hub);

/* Every two seconds: closes the sockets of whoever has been signed out (users.tokens_valid_after), and reads again
 * what could not be read. */
void hub_sweep(struct hub *hub);

/* Closes every socket (1001) over two seconds, so that the clients do not all come back in one instant. */
void hub_drain(struct hub *hub);
