/*
 * order.h - the life of one claimed order in this process: connect -> fence -> send -> verdict -> record.
 * The last fence (send.c) runs after TLS stands and before the first byte. Until that moment nothing has left, and the
 * order goes back to approved; from then on only the broker's word counts.
 */
#pragma once

#include <sys/queue.h>

#include "tradectl/broker.h"
#include "tradectl/db.h"

struct tradectl;
struct order;

/* What keeps orders: told when this one is past the gate (another may connect) and when it is over. */
struct order_hooks {
	void (*passed)(void *owner);
	void (*over)(void *owner, struct order *order);
	void *owner;
};

struct order {
	LIST_ENTRY(order) link; /* the keeper's */
	struct tradectl *t;
	struct order_hooks hooks;
	struct db_order row;
	struct span timeout;	/* of each request */
	struct mono claimed_at; /* its lease runs from before this */
	unsigned keys;		/* tradectl.keys that it is sent with */
	char *body;
	bool again;	   /* unknown, and sent once more under its own id */
	bool passed;	   /* no longer between connect and first byte */
	bool fenced_off;   /* SQL said no at the last fence, and has moved the order itself */
	char stopped[128]; /* why we sent nothing; "" = we did not stop it */
	enum verdict leaning;
	struct broker_answer posted; /* without its echo */
	int lookups;
	struct event *look_again;
};

/* Takes the order on; everything else comes from the loop. The keeper frees it in `over`. */
struct order *order_new(
	struct tradectl *t, const struct db_order *row, const struct order_hooks *hooks);
void order_start(struct order *order);
/* Drops what is under way without a record: only when the daemon ends. */
void order_free(struct order **order);

/* The last fence, for CURLOPT_PREREQFUNCTION by way of http.h: blocks. false = send nothing. */
bool send_may_begin(struct order *order, struct span left);
