/* life.c - see life.h. */
#include "apid/life.h"

#include "apid/auth.h"
#include "apid/certs.h"
#include "apid/db.h"
#include "apid/dispatch.h"
#include "apid/door.h"
#include "apid/hub.h"
#include "apid/ready.h"
#include "apid/rung.h"
#include "common/sys/alloc.h"
#include "common/sys/must.h"

enum {
	DRAIN_LOOK_MS = 50,
};

static void build(struct apid *apid)
{
	struct pg_hooks hooks = rung_hooks;

	hooks.owner = apid;
	apid->hub = hub_new(apid);
	apid->rung = rung_new(apid);
	apid->auth = auth_new(apid);
	apid->db = db_new(apid, &hooks);
	apid->certs = certs_new(&(struct certs_options){
		.base = apid->base,
		.log = apid->log,
		.clock = apid->clock,
		.metrics = apid->metrics,
		.url = apid->settings->certs_url,
	});
	db_start(apid->db);
	certs_start(apid->certs);
	rung_start(apid->rung);
}

int life_start(struct daemon *daemon, const void *settings, void **state_out, struct err *err)
{
	AUTO(alloc_free) struct apid *apid = alloc_zero(sizeof(*apid));
	struct door_options door = {0};
	int r;

	apid->daemon = daemon;
	apid->base = daemon_base(daemon);
	apid->log = daemon_log(daemon);
	apid->clock = daemon_clock(daemon);
	apid->metrics = daemon_metrics(daemon);
	apid->settings = settings;
	door.base = apid->base;
	door.listen = apid->settings->listen;
	door.max_connections = apid->settings->max_connections;
	door.arrived = dispatch_request;
	door.owner = apid;
	r = door_open(&door, &apid->door, err);
	if (r < 0)
		return r;
	build(apid);
	log_info(apid->log, "door.open", "listening", LOG_TEXT("listen", apid->settings->listen),
		LOG_INT("max_connections", door_limit(apid->door)));
	*state_out = TAKE(apid);
	return 0;
}

bool life_ready(void *state, char *missing, size_t size)
{
	return ready_now(state, missing, size);
}

void life_reload(void *state)
{
	struct apid *apid = state;

	certs_refresh(apid->certs);
}

/* Drained: nobody waits for an answer and every socket has closed. The idle connections close with us. */
static void on_drain(evutil_socket_t fd, short events, void *state)
{
	struct apid *apid = state;

	(void)fd;
	(void)events;
	if (!apid->requests && !hub_sockets(apid->hub))
		daemon_drained(apid->daemon);
}

void life_drain(void *state)
{
	const struct timeval every = {.tv_usec = DRAIN_LOOK_MS * 1000};
	struct apid *apid = state;

	apid->draining = true;
	door_pause(apid->door);
	hub_drain(apid->hub);
	apid->drain_timer = event_new(apid->base, -1, EV_PERSIST, on_drain, apid);
	must(apid->drain_timer && event_add(apid->drain_timer, &every) == 0);
}

/* The database first: what waits for it ends while everything that it may touch still stands. The loop turns no more, so
 * these answers reach nobody: the client finds its connection closed, and sending the same once more is safe. */
void life_stop(void *state)
{
	struct apid *apid = state;

	if (apid->drain_timer)
		event_free(apid->drain_timer);
	db_free(&apid->db);
	door_close(&apid->door);
	rung_free(&apid->rung);
	hub_free(&apid->hub);
	auth_free(&apid->auth);
	certs_free(&apid->certs);
	alloc_free(&apid);
}

void life_measure(void *state, struct metrics *metrics)
{
	const struct apid *apid = state;

	metric_set(metrics, "connections", NULL, "Open connections.",
		(int64_t)door_connections(apid->door));
	metric_set(
		metrics, "hub_sockets", NULL, "Open hub sockets.", (int64_t)hub_sockets(apid->hub));
	metric_set(metrics, "hub_users", NULL, "People with an open hub socket.",
		(int64_t)hub_users(apid->hub));
	metric_set(metrics, "db_queued", NULL, "Asks that the database has not answered yet.",
		(int64_t)db_queued(apid->db));
}
