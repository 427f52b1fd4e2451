/* resolve.c - see resolve.h. */
#include "tradectl/resolve.h"

#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "tradectl/broker.h"
#include "tradectl/claim.h"
#include "tradectl/record.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"

struct resolve {
	struct tradectl *t;
	bool busy;
	struct db_order order; /* while busy with it */
};

struct resolve *resolve_new(struct tradectl *t)
{
	struct resolve *resolve = alloc_zero(sizeof(*resolve));

	resolve->t = t;
	return resolve;
}

void resolve_free(struct resolve **resolve)
{
	if (!*resolve)
		return;

	pg_forget((*resolve)->t->db.work, *resolve);
	if ((*resolve)->t->broker)
		broker_forget((*resolve)->t->broker, *resolve);
	alloc_free(resolve);
}

bool resolve_idle(const struct resolve *resolve)
{
	return !resolve->busy;
}

static void next(struct resolve *resolve)
{
	resolve->busy = false;
	resolve_wake(resolve);
	tradectl_quiet(resolve->t);
}

static void write_guess(
	struct resolve *resolve, enum db_record record, const struct broker_answer *answer)
{
	const char *why = answer->error;
	AUTO(alloc_free) char *detail = record_detail(why, answer);

	record_write(resolve->t->records, &resolve->order,
		&(struct db_fact){.record = record, .why = why, .detail = detail}, answer);
}

static void found(void *owner, const struct broker_answer *answer)
{
	struct resolve *resolve = owner;
	struct records *records = resolve->t->records;

	if (FAILPOINT("T15.found"))
		return next(resolve);
	switch (lookup_of_reply(&answer->reply)) {
	case LOOKUP_FOUND:
		record_shown(records, &resolve->order, DB_ACCEPT, answer);
		break;
	case LOOKUP_DIFFERS:
		record_differs(records, &resolve->order, answer);
		break;
	case LOOKUP_ABSENT:
		write_guess(resolve, DB_MISSING, answer);
		claim_wake(resolve->t->claim); /* it may be sent again by now */
		break;
	case LOOKUP_CREDENTIALS:
	case LOOKUP_THROTTLED:
	case LOOKUP_SILENT:
		write_guess(resolve, DB_RETRY_CHECK, answer);
		break;
	}
	next(resolve);
}

static void taken(void *owner, const struct pg_answer *answer)
{
	struct resolve *resolve = owner;
	struct tradectl *t = resolve->t;
	struct err err = {""};
	int r = answer->outcome == PG_DONE ? db_taken(answer, &resolve->order, &err) : -1;

	if (r <= 0) {
		resolve->busy = false;
		if (r < 0)
			log_warning(t->log, "resolve.failed",
				"nothing could be taken up; the sweep tries again",
				LOG_TEXT("error", err.text[0] ? err.text : answer->error));
		return tradectl_quiet(t);
	}

	if (!start_knows_account(t->start)) {
		record_write(t->records, &resolve->order,
			&(struct db_fact){.record = DB_RETRY_CHECK,
				.why = "whose account the keys open is not known yet"},
			NULL);
		resolve->busy = false;
		return tradectl_quiet(t);
	}
	log_info(t->log, "order.asked", "asking the broker by id whether it has the order",
		LOG_TEXT("client_order_id", resolve->order.terms.client_order_id),
		LOG_TEXT("status", resolve->order.status),
		LOG_INT("post_age_ms", resolve->order.post_age_ms));
	if (FAILPOINT("T14.asking"))
		return next(resolve);
	broker_find(t->broker, resolve->order.terms.client_order_id, &resolve->order.terms,
		tradectl_http_timeout(t), found, resolve);
}

void resolve_wake(struct resolve *resolve)
{
	struct tradectl *t = resolve->t;

	if (resolve->busy || t->draining || !t->broker || !pg_ready(t->db.work) ||
		!start_knows_account(t->start) || broker_wait(t->broker, PACE_ASK).us > 0)
		return;

	resolve->busy = true;
	db_take_open(&t->db, taken, resolve);
}
