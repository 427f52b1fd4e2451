/* door_conn.c - see door.h: a connection's deadlines and end. */
#include "apid/door_conn.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"

static void set_timer(struct door_conn *conn, int seconds)
{
	struct timeval in = {.tv_sec = seconds};

	if (seconds)
		evtimer_add(conn->timer, &in);
	else
		evtimer_del(conn->timer);
}

static void expect_head(struct door_conn *conn)
{
	conn->state = CONN_HEAD;
	conn->head_end = (struct head_end){0};
	set_timer(conn, DOOR_HEADER_SEC);
}

/* Looks at the last `added` bytes of the input; evhttp has not read them yet. */
static void watch_head(struct door_conn *conn, struct evbuffer *input, size_t added)
{
	size_t length = evbuffer_get_length(input);
	struct evbuffer_ptr at;
	char piece[4096];

	while (added && conn->state == CONN_HEAD) {
		size_t want = added < sizeof(piece) ? added : sizeof(piece);

		must(evbuffer_ptr_set(input, &at, length - added, EVBUFFER_PTR_SET) == 0);
		must(evbuffer_copyout_from(input, &at, piece, want) == (ssize_t)want);
		added -= want;
		if (head_end_seen(&conn->head_end, piece, want)) {
			conn->state = CONN_BODY;
			set_timer(conn, DOOR_BODY_SEC);
		}
	}
}

static void on_input(struct evbuffer *input, const struct evbuffer_cb_info *info, void *owner)
{
	struct door_conn *conn = owner;

	if (!info->n_added)
		return;
	if (conn->state == CONN_IDLE)
		expect_head(conn);
	if (conn->state == CONN_HEAD)
		watch_head(conn, input, info->n_added);
}

static void conn_free(struct door_conn *conn)
{
	struct door *door = conn->door;

	TAILQ_REMOVE(&door->conns, conn, entry);
	event_free(conn->timer);
	alloc_free(&conn);
	door->count--;
	door_counted(door);
}

static void unwatch_input(struct door_conn *conn)
{
	if (conn->input_watch)
		evbuffer_remove_cb_entry(bufferevent_get_input(conn->bev), conn->input_watch);
	conn->input_watch = NULL;
}

/* evhttp lets the connection go: the peer has gone, a time limit, or evhttp_connection_free. */
static void on_closed(struct evhttp_connection *evcon, void *owner)
{
	struct door_conn *conn = owner;
	int fd = bufferevent_getfd(conn->bev);
	void (*gone)(void *) = conn->gone;

	evhttp_connection_set_closecb(evcon, NULL, NULL);
	unwatch_input(conn);
	if (fd >= 0 && (size_t)fd < conn->door->by_fd_room)
		conn->door->by_fd[fd] = NULL;
	conn->gone = NULL;
	if (gone)
		gone(conn->gone_owner);
	conn_free(conn);
}

static void remember_fd(struct door_conn *conn, int fd)
{
	struct door *door = conn->door;
	size_t room = door->by_fd_room;

	must(fd >= 0);
	if ((size_t)fd >= room) {
		size_t more = (size_t)fd + 256;

		door->by_fd = alloc_grow(door->by_fd, more, sizeof(*door->by_fd));
		for (size_t i = room; i < more; i++)
			door->by_fd[i] = NULL;
		door->by_fd_room = more;
	}
	door->by_fd[fd] = conn;
}

/*
 * evhttp 2.1 tells nobody of a connection before its first request, but it has made its connection the argument of
 * the bufferevent's callbacks by the time the loop turns (evhttp_start_read_), and only that has a close callback.
 */
static void meet(struct door_conn *conn)
{
	bufferevent_data_cb read = NULL;
	void *owner = NULL;
	int one = 1;

	bufferevent_getcb(conn->bev, &read, NULL, NULL, &owner);
	if (!read || !owner) { /* evhttp could not take it and has let the bufferevent go */
		bufferevent_decref(conn->bev);
		conn_free(conn);
		return;
	}
	conn->evcon = owner;
	must(evhttp_connection_get_bufferevent(conn->evcon) == conn->bev);
	bufferevent_decref(conn->bev);
	evhttp_connection_set_closecb(conn->evcon, on_closed, conn);
	remember_fd(conn, bufferevent_getfd(conn->bev));
	setsockopt(bufferevent_getfd(conn->bev), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	expect_head(conn);
}

static void on_timer(evutil_socket_t fd, short events, void *owner)
{
	struct door_conn *conn = owner;

	(void)fd;
	(void)events;
	if (conn->state == CONN_NEW)
		meet(conn);
	else if (conn->state == CONN_HEAD || conn->state == CONN_BODY)
		door_drop(conn);
}

struct bufferevent *door_conn_new(struct event_base *base, void *owner)
{
	struct door *door = owner;
	struct door_conn *conn = alloc_zero(sizeof(*conn));

	conn->door = door;
	conn->bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	must(conn->bev);
	bufferevent_incref(conn->bev); /* until we have met */
	conn->input_watch = evbuffer_add_cb(bufferevent_get_input(conn->bev), on_input, conn);
	conn->timer = evtimer_new(base, on_timer, conn);
	must(conn->timer);
	TAILQ_INSERT_TAIL(&door->conns, conn, entry);
	door->count++;
	door_counted(door);
	event_active(conn->timer, EV_TIMEOUT, 0);
	return conn->bev;
}

struct door_conn *door_conn_of(struct door *door, struct evhttp_request *request)
{
	struct evhttp_connection *evcon = evhttp_request_get_connection(request);
	int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon));

	must(fd >= 0 && (size_t)fd < door->by_fd_room && door->by_fd[fd]);
	must(door->by_fd[fd]->evcon == evcon);
	return door->by_fd[fd];
}

static void on_answered(struct evhttp_request *request, void *owner)
{
	struct door_conn *conn = owner;
	struct evbuffer *input = bufferevent_get_input(conn->bev);
	size_t waiting = evbuffer_get_length(input);

	(void)request;
	conn->state = CONN_IDLE;
	if (!waiting)
		return;
	expect_head(conn); /* a pipelined request */
	watch_head(conn, input, waiting);
}

void door_conn_busy(struct door_conn *conn, struct evhttp_request *request)
{
	conn->state = CONN_BUSY;
	set_timer(conn, 0);
	evhttp_request_set_on_complete_cb(request, on_answered, conn);
}

void door_watch(struct door_conn *conn, void (*gone)(void *owner), void *owner)
{
	conn->gone = gone;
	conn->gone_owner = owner;
}

struct bufferevent *door_take(struct door_conn *conn)
{
	conn->state = CONN_TAKEN;
	set_timer(conn, 0);
	unwatch_input(conn);
	return conn->bev;
}

void door_drop(struct door_conn *conn)
{
	evhttp_connection_free(conn->evcon);
}
