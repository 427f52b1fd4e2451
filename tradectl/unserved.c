/* unserved.c - see unserved.h. */
#include "tradectl/unserved.h"

#include "common/sys/alloc.h"
#include "tradectl/record.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"

struct unserved {
	struct tradectl *t;
	bool asking;
	struct mono since; /* reconciled without a break; us 0 = not */
};

struct unserved *unserved_new(struct tradectl *t)
{
	struct unserved *unserved = alloc_zero(sizeof(*unserved));

	unserved->t = t;
	return unserved;
}

void unserved_free(struct unserved **unserved)
{
	if (!*unserved)
		return;

	pg_forget((*unserved)->t->db.work, *unserved);
	alloc_free(unserved);
}

static void blocked(void *owner, const struct pg_answer *answer)
{
	struct unserved *unserved = owner;
	struct tradectl *t = unserved->t;

	unserved->asking = false;
	if (answer->outcome != PG_DONE)
		return; /* asked again in 10 s */
	for (size_t row = 0; row < db_count(answer); row++) {
		struct db_order order;
		struct err err;
		if (db_unserved_order(answer, row, &order, &err) < 0)
			log_error(t->log, "unserved.unreadable", "a blocked order cannot be read",
				LOG_TEXT("error", err.text));
		else
			record_moved(t, &order, order.from, "blocked");
	}
}

void unserved_wake(struct unserved *unserved)
{
	struct tradectl *t = unserved->t;
	struct mono now = clock_mono(t->clock);

	if (!start_done(t->start)) {
		unserved->since = (struct mono){0};
		return;
	}
	if (unserved->since.us == 0)
		unserved->since = now;
	if (unserved->asking || t->draining ||
		!mono_reached(mono_add(unserved->since, span_sec(t->served.unserved_seconds)), now))
		return;

	unserved->asking = true;
	db_unserved(&t->db, blocked, unserved);
}
