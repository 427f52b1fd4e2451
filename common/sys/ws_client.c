/* ws_client.c - its life: see ws_client.h. */
#include "common/sys/ws_client.h"

#include <stdio.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/ws_client_own.h"

static void on_timer(evutil_socket_t fd, short what, void *owner);

void ws_wait(struct ws_client *client, struct span span)
{
	struct timeval after = span_timeval(span);

	event_add(client->timer, &after);
}

static char **lines_copy(const char *const *lines)
{
	char **copy;
	size_t count = 0;

	if (!lines)
		return NULL;
	while (lines[count])
		count++;
	copy = alloc_array(count + 1, sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = alloc_text(lines[i]);
	return copy;
}

static void lines_free(char ***lines)
{
	for (char **line = *lines; line && *line; line++)
		alloc_free(line);
	alloc_free(lines);
}

struct ws_client *ws_client_new(const struct ws_options *options)
{
	struct ws_client *client = alloc_zero(sizeof(*client));

	must(options->connect.us > 0 && options->handshake.us > 0 && options->ping_after.us > 0 &&
		options->silence.us > 0 && options->max_message > 0);
	client->base = options->base;
	client->clock = options->clock;
	client->url = alloc_text(options->url);
	client->ca_file = alloc_text(options->ca_file);
	client->headers = lines_copy(options->headers);
	client->connect = options->connect;
	client->handshake = options->handshake;
	client->ping_after = options->ping_after;
	client->silence = options->silence;
	client->max_message = options->max_message;
	client->hooks = options->hooks;
	client->timer = evtimer_new(client->base, on_timer, client);
	must(client->timer != NULL);
	event_active(client->timer, EV_TIMEOUT, 0);
	return client;
}

void ws_hang_up(struct ws_client *client)
{
	if (client->frames)
		wslay_event_context_free(client->frames);
	client->frames = NULL;
	if (client->bev)
		bufferevent_free(client->bev); /* and the SSL with it */
	client->bev = NULL;
	client->ssl = NULL;
}

static void destroy(struct ws_client *client)
{
	lookup_free(&client->lookup);
	ws_hang_up(client);
	event_free(client->timer);
	lines_free(&client->headers);
	alloc_free(&client->url);
	alloc_free(&client->ca_file);
	alloc_free(&client);
}

void ws_enter(struct ws_client *client)
{
	client->entered++;
}

void ws_leave(struct ws_client *client)
{
	if (--client->entered == 0 && client->freed)
		destroy(client);
}

void ws_client_free(struct ws_client **client)
{
	struct ws_client *old = *client;

	*client = NULL;
	if (!old)
		return;
	ws_enter(old);
	old->freed = true;
	ws_leave(old);
}

void ws_end(struct ws_client *client, const char *why)
{
	if (client->phase == WS_ENDED)
		return;
	client->phase = WS_ENDED;
	snprintf(client->why, sizeof(client->why), "%s", why);
	if (client->bev)
		bufferevent_disable(client->bev, EV_READ | EV_WRITE);
	event_active(client->timer, EV_TIMEOUT, 0);
}

static void tell_end(struct ws_client *client)
{
	if (client->told)
		return;
	client->told = true;
	lookup_free(&client->lookup);
	ws_hang_up(client);
	client->end.why = client->why;
	client->hooks.closed(client->hooks.owner, &client->end);
}

struct span ws_client_silence(const struct ws_client *client)
{
	return mono_since(clock_mono(client->clock), client->heard_at);
}

/* Silence is broken by every byte; a ping asks for one, since a peer that is well may have nothing to say. */
static void watch(struct ws_client *client)
{
	struct span silent = ws_client_silence(client);
	struct span next = client->pinged ? client->silence : client->ping_after;

	if (silent.us >= client->silence.us)
		return ws_end(client, "nothing was heard for too long");
	if (!client->pinged && silent.us >= client->ping_after.us) {
		client->pinged = true;
		next = client->silence;
		ws_frame_ping(client);
	}
	if (client->phase == WS_OPEN)
		ws_wait(client, (struct span){next.us > silent.us ? next.us - silent.us : 1});
}

static void on_timer(evutil_socket_t fd, short what, void *owner)
{
	struct ws_client *client = owner;

	(void)fd;
	(void)what;
	ws_enter(client);
	switch (client->phase) {
	case WS_WAITING:
		ws_dial(client);
		break;
	case WS_CONNECTING:
		ws_end(client, "no connection in time");
		break;
	case WS_SHAKING:
		ws_end(client, "no answer to the upgrade in time");
		break;
	case WS_OPEN:
		watch(client);
		break;
	case WS_CLOSING:
		ws_end(client, "the peer did not say goodbye");
		break;
	case WS_ENDED:
		tell_end(client);
		break;
	}
	ws_leave(client);
}
