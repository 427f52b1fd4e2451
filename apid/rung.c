/* rung.c - see rung.h. */
#include "apid/rung.h"

#include <string.h>

#include <event2/event.h>

#include "apid/apid.h"
#include "apid/auth.h"
#include "apid/db.h"
#include "apid/db_row.h"
#include "apid/hub.h"
#include "apid/ids.h"
#include "common/sys/alloc.h"
#include "common/sys/must.h"

enum {
	SWEEP_SEC = 2,
};

/* What rang since the loop last turned. */
struct rings {
	struct ids queued, closed, orders, all;
};

struct rung {
	struct apid *apid;
	struct event *flush, *sweep;
	struct rings rings;
	bool sweeping;
};

struct batch {
	struct apid *apid;
	struct rings rings;
};

static void rings_clear(struct rings *rings)
{
	ids_clear(&rings->queued);
	ids_clear(&rings->closed);
	ids_clear(&rings->orders);
	ids_clear(&rings->all);
}

static void deliver(const struct batch *batch, const char *uid, struct uuid id)
{
	if (ids_has(&batch->rings.queued, id))
		hub_look(batch->apid->hub, uid);
	if (ids_has(&batch->rings.closed, id))
		hub_question_closed(batch->apid->hub, uid, id);
	if (ids_has(&batch->rings.orders, id))
		hub_order_changed(batch->apid->hub, uid, id);
}

static void owners_known(void *owner, const struct pg_answer *answer)
{
	AUTO(alloc_free) struct batch *batch = owner;

	if (answer->outcome != PG_DONE) {
		hub_look_all(batch->apid->hub);
	} else {
		for (int row = 0; row < row_count(answer->results[0]); row++) {
			const char *uid = row_text(answer->results[0], row, "uid");
			struct uuid id;

			if (uid && row_uuid(answer->results[0], row, "id", &id))
				deliver(batch, uid, id);
		}
	}
	rings_clear(&batch->rings);
}

static void on_flush(evutil_socket_t fd, short events, void *owner)
{
	struct rung *rung = owner;
	AUTO(alloc_free) char *ids = NULL;
	struct batch *batch;

	(void)fd;
	(void)events;
	if (!hub_users(rung->apid->hub)) {
		rings_clear(&rung->rings);
		return;
	}
	batch = alloc_zero(sizeof(*batch));
	*batch = (struct batch){.apid = rung->apid, .rings = rung->rings};
	rung->rings = (struct rings){0};
	ids = ids_text(&batch->rings.all);
	db_ask(rung->apid->db, NULL, &DB_CALL(DB_RUNG_OWNERS, ids), 1, owners_known, batch);
}

static void undelivered(void *owner, const struct pg_answer *answer)
{
	struct rung *rung = owner;

	rung->sweeping = false;
	if (answer->outcome != PG_DONE)
		return;
	for (int row = 0; row < row_count(answer->results[0]); row++) {
		const char *uid = row_text(answer->results[0], row, "uid");
		struct uuid id;

		if (uid && row_uuid(answer->results[0], row, "id", &id) &&
			!hub_has_sent(rung->apid->hub, uid, id))
			hub_look(rung->apid->hub, uid);
	}
}

static void on_sweep(evutil_socket_t fd, short events, void *owner)
{
	struct rung *rung = owner;

	(void)fd;
	(void)events;
	auth_sweep(rung->apid->auth);
	if (!hub_users(rung->apid->hub))
		return;
	hub_sweep(rung->apid->hub);
	if (rung->sweeping)
		return;
	rung->sweeping = true;
	db_ask(rung->apid->db, NULL, &DB_CALL_BARE(DB_UNDELIVERED), 1, undelivered, rung);
}

static void on_config(struct apid *apid, const char *payload)
{
	auth_forget(apid->auth, strcmp(payload, "*") == 0 ? NULL : payload);
}

static void notified(void *owner, const char *channel, const char *payload)
{
	struct apid *apid = owner;
	struct rung *rung = apid->rung;
	struct ids *set = NULL;
	struct uuid id;

	if (strcmp(channel, "config_changed") == 0)
		on_config(apid, payload);
	else if (strcmp(channel, "question_queued") == 0)
		set = &rung->rings.queued;
	else if (strcmp(channel, "question_closed") == 0)
		set = &rung->rings.closed;
	else if (strcmp(channel, "order_changed") == 0)
		set = &rung->rings.orders;
	if (!set)
		return;
	if (uuid_read(payload, &id) < 0) { /* `*`: too many to name */
		hub_look_all(apid->hub);
		return;
	}
	ids_add(set, id);
	ids_add(&rung->rings.all, id);
	event_active(rung->flush, EV_TIMEOUT, 0);
}

static void up(void *owner)
{
	struct apid *apid = owner;

	db_require_schema(apid->db);
	auth_forget(apid->auth, NULL);
	hub_look_all(apid->hub);
}

const struct pg_hooks rung_hooks = {.up = up, .notified = notified};

struct rung *rung_new(struct apid *apid)
{
	struct rung *rung = alloc_zero(sizeof(*rung));

	rung->apid = apid;
	rung->flush = evtimer_new(apid->base, on_flush, rung);
	rung->sweep = event_new(apid->base, -1, EV_PERSIST, on_sweep, rung);
	must(rung->flush && rung->sweep);
	return rung;
}

void rung_start(struct rung *rung)
{
	const struct timeval every = {.tv_sec = SWEEP_SEC};

	event_add(rung->sweep, &every);
}

void rung_free(struct rung **rung)
{
	if (!*rung)
		return;
	event_free((*rung)->flush);
	event_free((*rung)->sweep);
	rings_clear(&(*rung)->rings);
	alloc_free(rung);
}
