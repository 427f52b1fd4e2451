/* door_failpoint.c - see door_reply_half in door.h. */
#include "apid/door_conn.h"

#ifdef HYBRIDHUB_FAILPOINTS

#include <sys/socket.h>

#include "common/sys/failpoint.h"

void door_reply_half(struct door_conn *conn)
{
	struct evbuffer *output = bufferevent_get_output(conn->bev);
	evutil_socket_t fd = bufferevent_getfd(conn->bev);

	evbuffer_unfreeze(output, 1);
	(void)evbuffer_write_atmost(output, fd, (ev_ssize_t)evbuffer_get_length(output) / 2);
	evbuffer_freeze(output, 1);
	if (FAILPOINT("A07.replying"))
		shutdown(fd, SHUT_RDWR);
}

#endif
