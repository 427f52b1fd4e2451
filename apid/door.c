/* door.c - see door.h: the listener. */
#include "apid/door.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <event2/listener.h>
#include <event2/util.h>

#include "apid/door_conn.h"
#include "common/sys/alloc.h"
#include "common/sys/must.h"

enum {
	FIRST_INHERITED_FD = 3,
	BACKLOG = 1024,
	SPARE_FDS = 64, /* database, certificates, log, health, epoll */
};

/* systemd's sd_listen_fds protocol; -1 when there is no socket for this process. */
static int inherited_socket(void)
{
	const char *pid = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");

	if (!pid || !count || strtol(pid, NULL, 10) != getpid() || strtol(count, NULL, 10) < 1)
		return -1;
	if (fcntl(FIRST_INHERITED_FD, F_SETFD, FD_CLOEXEC) < 0)
		return -1;
	if (evutil_make_socket_nonblocking(FIRST_INHERITED_FD) < 0)
		return -1;
	return FIRST_INHERITED_FD;
}

static int parse_listen(
	const char *listen, struct sockaddr_storage *address, int *length, struct err *err)
{
	*length = sizeof(*address);
	if (evutil_parse_sockaddr_port(listen, (struct sockaddr *)address, length) < 0)
		return err_set(err, -EINVAL, "APID_LISTEN: %s is no numeric address:port", listen);
	return 0;
}

int door_check_listen(const char *listen, struct err *err)
{
	struct sockaddr_storage address;
	int length;

	return parse_listen(listen, &address, &length, err);
}

static struct evconnlistener *listen_on(const struct door_options *options, struct err *err)
{
	const unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;
	struct sockaddr_storage address;
	int length;
	struct evconnlistener *listener;
	int fd = inherited_socket();

	if (fd >= 0) {
		listener = evconnlistener_new(options->base, NULL, NULL, flags, 0, fd);
		if (!listener)
			err_set(err, -EINVAL, "the inherited socket is no listener");
		return listener;
	}
	if (parse_listen(options->listen, &address, &length, err) < 0)
		return NULL;
	listener = evconnlistener_new_bind(
		options->base, NULL, NULL, flags, BACKLOG, (struct sockaddr *)&address, length);
	if (!listener)
		err_set(err, -EINVAL, "APID_LISTEN: cannot listen on %s: %s", options->listen,
			strerror(errno));
	return listener;
}

static size_t fitting_limit(int64_t wanted)
{
	struct rlimit limit;
	int64_t fits = wanted;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		fits = (int64_t)limit.rlim_cur - SPARE_FDS;
	if (fits < 1)
		fits = 1;
	return (size_t)(fits < wanted ? fits : wanted);
}

void door_counted(struct door *door)
{
	if (!door->listener)
		return;
	if (door->paused || door->count >= door->limit)
		evconnlistener_disable(door->listener);
	else
		evconnlistener_enable(door->listener);
}

static void on_second(evutil_socket_t fd, short events, void *owner)
{
	(void)fd;
	(void)events;
	door_counted(owner);
}

/* EMFILE and the like: rest until on_second instead of spinning on a listener that stays readable. owner is evhttp's,
 * which bound the listener, so the door cannot be told. */
static void on_accept_error(struct evconnlistener *listener, void *owner)
{
	(void)owner;
	evconnlistener_disable(listener);
}

static void on_request(struct evhttp_request *request, void *owner)
{
	struct door *door = owner;
	struct door_conn *conn = door_conn_of(door, request);

	door_conn_busy(conn, request);
	door->options.arrived(door->options.owner, conn, request);
}

static void set_limits(struct door *door)
{
	evhttp_set_max_headers_size(door->http, DOOR_HEADER_MAX);
	evhttp_set_max_body_size(door->http, DOOR_BODY_MAX);
	evhttp_set_timeout(door->http, DOOR_IDLE_SEC);
	evhttp_set_flags(door->http, EVHTTP_SERVER_LINGERING_CLOSE);
	evhttp_set_allowed_methods(door->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
						       EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
						       EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
	evhttp_set_bevcb(door->http, door_conn_new, door);
	evhttp_set_gencb(door->http, on_request, door);
}

int door_open(const struct door_options *options, struct door **out, struct err *err)
{
	const struct timeval second = {.tv_sec = 1};
	struct evconnlistener *listener = listen_on(options, err);
	struct door *door;

	if (!listener)
		return -EINVAL;
	door = alloc_zero(sizeof(*door));
	door->options = *options;
	door->limit = fitting_limit(options->max_connections);
	TAILQ_INIT(&door->conns);
	door->every_second = event_new(options->base, -1, EV_PERSIST, on_second, door);
	door->http = evhttp_new(options->base);
	must(door->every_second && door->http);
	event_add(door->every_second, &second);
	set_limits(door);
	must(evhttp_bind_listener(door->http, listener));
	door->listener = listener;
	evconnlistener_set_error_cb(listener, on_accept_error);
	*out = door;
	return 0;
}

void door_close(struct door **door)
{
	struct door_conn *conn;

	if (!*door)
		return;
	door_pause(*door);
	(*door)->listener = NULL;
	evhttp_free((*door)->http);
	while ((conn = TAILQ_FIRST(&(*door)->conns)) != NULL) { /* never met: evhttp has freed it */
		TAILQ_REMOVE(&(*door)->conns, conn, entry);
		bufferevent_decref(conn->bev);
		event_free(conn->timer);
		alloc_free(&conn);
	}
	event_free((*door)->every_second);
	alloc_free(&(*door)->by_fd);
	alloc_free(door);
}

void door_pause(struct door *door)
{
	door->paused = true;
	door_counted(door);
}

size_t door_connections(const struct door *door)
{
	return door->count;
}

size_t door_limit(const struct door *door)
{
	return door->limit;
}
