/* hub_life.c - see hub_life.h. */
#include "apid/hub_life.h"

#include <event2/buffer.h>

#include "apid/apid.h"
#include "apid/hub_conn.h"

static bool passed(struct mono since, struct mono now, int seconds)
{
	return mono_since(now, since).us >= span_sec(seconds).us;
}

struct wall hub_life_end(const struct hub_conn *conn, struct wall now)
{
	if (conn->who.expires.us > now.us)
		return conn->who.expires;
	return wall_add(conn->who.expires, span_sec(TOKEN_SKEW_SEC));
}

/* Not a byte of what waits has gone out for too long: a slow or dead phone. */
static bool is_stalled(struct hub_conn *conn, struct mono now)
{
	size_t unsent = evbuffer_get_length(bufferevent_get_output(conn->bev));

	if (!unsent || unsent < conn->unsent)
		conn->drained_at = now;
	conn->unsent = unsent;
	return passed(conn->drained_at, now, HUB_STALL_SEC);
}

static void tick_open(struct hub_conn *conn, struct mono now)
{
	int silence = conn->client_pings ? HUB_SILENCE_SEC : HUB_SILENCE_LONG_SEC;

	if (clock_wall(conn->user->hub->apid->clock).us >= conn->expires_at.us) {
		hub_conn_close(conn, WSLAY_CODE_GOING_AWAY, "the token has run out");
	} else if (passed(conn->heard_at, now, silence)) {
		hub_conn_close(conn, WSLAY_CODE_GOING_AWAY, "nothing heard");
	} else if (passed(conn->pinged_at, now, HUB_PING_SEC)) {
		conn->pinged_at = now;
		hub_conn_send(conn, hub_record_ping);
	}
}

void hub_life_tick(struct hub_conn *conn)
{
	struct mono now = clock_mono(conn->user->hub->apid->clock);

	if (is_stalled(conn, now)) {
		conn->state = HUB_BROKEN;
		return;
	}
	switch (conn->state) {
	case HUB_SHAKING:
		if (passed(conn->opened_at, now, HUB_SHAKE_SEC))
			hub_conn_refuse_shake(conn, "Handshake was canceled.");
		break;
	case HUB_OPEN:
		tick_open(conn, now);
		break;
	case HUB_CLOSING:
		if (passed(conn->closing_at, now, HUB_CLOSE_SEC))
			conn->state = HUB_BROKEN;
		break;
	case HUB_BROKEN:
		break;
	}
}
