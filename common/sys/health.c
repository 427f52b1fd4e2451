/* health.c - see health.h. */
#include "common/sys/health.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"

enum {
	MISSING_TEXT = 256,
	READ_TIMEOUT_SEC = 5,
	BACKLOG = 16,
};

struct health {
	struct evhttp *http;
	struct health_hooks hooks;
	int port;
};

static void reply(struct evhttp_request *request, int status, const char *reason, const char *text)
{
	struct evbuffer *body = evbuffer_new();

	must(body != NULL);
	evbuffer_add_printf(body, "%s\n", text);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
		"text/plain; charset=utf-8");
	evhttp_send_reply(request, status, reason, body);
	evbuffer_free(body);
}

static void on_livez(struct evhttp_request *request, void *owner)
{
	(void)owner;
	reply(request, HTTP_OK, "OK", "alive");
}

static void on_readyz(struct evhttp_request *request, void *owner)
{
	struct health *health = owner;
	char said[MISSING_TEXT] = "";
	char body[MISSING_TEXT + 16];
	bool ready = health->hooks.ready(health->hooks.owner, said, sizeof(said));

	snprintf(body, sizeof(body), "%s%s%s", ready ? "ready" : "", ready && said[0] ? ", " : "",
		said);
	if (ready)
		reply(request, HTTP_OK, "OK", body);
	else
		reply(request, HTTP_SERVUNAVAIL, "Service Unavailable", body);
}

static void on_metrics(struct evhttp_request *request, void *owner)
{
	struct health *health = owner;
	struct evbuffer *body = evbuffer_new();

	must(body != NULL);
	health->hooks.print(health->hooks.owner, body);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
		"text/plain; version=0.0.4; charset=utf-8");
	evhttp_send_reply(request, HTTP_OK, "OK", body);
	evbuffer_free(body);
}

static void on_other(struct evhttp_request *request, void *owner)
{
	(void)owner;
	reply(request, HTTP_NOTFOUND, "Not Found", "/livez, /readyz and /metrics are here");
}

static int address_read(
	const char *listen, struct sockaddr_storage *address_out, int *length_out, struct err *err)
{
	struct sockaddr_storage address = {0};
	int length = sizeof(address);

	const char *colon = strrchr(listen, ':');
	if (colon == NULL || colon[1] == '\0')
		return err_set(err, -EINVAL, "%s is no numeric address:port", listen);
	/* libevent takes no port for port 0, but not port 0. */
	size_t shown = strcmp(colon, ":0") == 0 ? (size_t)(colon - listen) : strlen(listen);
	AUTO(alloc_free) char *text = alloc_bytes(listen, shown);
	if (evutil_parse_sockaddr_port(text, (struct sockaddr *)&address, &length) != 0)
		return err_set(err, -EINVAL, "%s is no numeric address:port", listen);
	*address_out = address;
	*length_out = length;
	return 0;
}

int health_check(const char *listen, struct err *err)
{
	struct sockaddr_storage address;
	int length;

	return address_read(listen, &address, &length, err);
}

static int port_of(evutil_socket_t fd)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &length) != 0)
		return 0;
	if (address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&address)->sin6_port);
	return ntohs(((const struct sockaddr_in *)&address)->sin_port);
}

static struct evhttp *server_new(struct event_base *base, struct health *health)
{
	struct evhttp *http = evhttp_new(base);

	must(http != NULL);
	evhttp_set_allowed_methods(http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_max_headers_size(http, 8192);
	evhttp_set_max_body_size(http, 0);
	evhttp_set_timeout(http, READ_TIMEOUT_SEC);
	evhttp_set_cb(http, "/livez", on_livez, health);
	evhttp_set_cb(http, "/readyz", on_readyz, health);
	evhttp_set_cb(http, "/metrics", on_metrics, health);
	evhttp_set_gencb(http, on_other, health);
	return http;
}

int health_new(struct event_base *base, const char *listen, const struct health_hooks *hooks,
	struct health **health_out, struct err *err)
{
	struct sockaddr_storage address;
	int length;
	int r;

	r = address_read(listen, &address, &length, err);
	if (r < 0)
		return r;

	struct evconnlistener *listener = evconnlistener_new_bind(base, NULL, NULL,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, BACKLOG,
		(const struct sockaddr *)&address, length);
	if (listener == NULL) {
		int why = errno != 0 ? errno : EADDRNOTAVAIL;

		return err_set(err, -why, "cannot listen on %s: %s", listen, strerror(why));
	}

	struct health *health = alloc_zero(sizeof(*health));
	health->hooks = *hooks;
	health->http = server_new(base, health);
	health->port = port_of(evconnlistener_get_fd(listener));
	must(evhttp_bind_listener(health->http, listener) != NULL);
	*health_out = health;
	return 0;
}

void health_free(struct health **health)
{
	if (*health == NULL)
		return;
	evhttp_free((*health)->http);
	alloc_free(health);
}

int health_port(const struct health *health)
{
	return health->port;
}
