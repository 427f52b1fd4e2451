/* ledger.c - see ledger.h. */
#include "tradectl/ledger.h"

#include <stdlib.h>

#include "common/sys/alloc.h"
#include "tradectl/broker.h"
#include "tradectl/positions.h"
#include "tradectl/settings.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"
#include "tradectl/trip.h"

enum {
	EVERY_SEC = 300,
	AGAIN_SEC = 12, /* at least 10 s between two looks that agree */
	FAILED_SEC = 30,
	TIMEOUT_MS = 10000,
	BODY_MOST = 4 * 1024 * 1024,
};

struct ledger {
	struct tradectl *t;
	bool asking;
	struct mono due;
};

struct ledger *ledger_new(struct tradectl *t)
{
	struct ledger *ledger = alloc_zero(sizeof(*ledger));

	ledger->t = t;
	ledger->due = mono_add(clock_mono(t->clock), span_sec(EVERY_SEC));
	return ledger;
}

void ledger_free(struct ledger **ledger)
{
	if (!*ledger)
		return;

	pg_forget((*ledger)->t->db.work, *ledger);
	if ((*ledger)->t->broker)
		broker_forget((*ledger)->t->broker, *ledger);
	alloc_free(ledger);
}

void ledger_soon(struct ledger *ledger)
{
	ledger->due = clock_mono(ledger->t->clock);
	ledger_wake(ledger);
}

static void end(struct ledger *ledger, int64_t seconds)
{
	ledger->asking = false;
	ledger->due = mono_add(clock_mono(ledger->t->clock), span_sec(seconds));
}

static void failed(struct ledger *ledger, const char *why)
{
	log_warning(ledger->t->log, "ledger.failed",
		"what the broker holds is not known; it is asked for again",
		LOG_TEXT("account", ledger->t->db.account), LOG_TEXT("why", why));
	end(ledger, FAILED_SEC);
}

static void compared(void *owner, const struct pg_answer *answer)
{
	struct ledger *ledger = owner;

	if (answer->outcome != PG_DONE)
		return failed(ledger, answer->error);

	int64_t suspects = strtoll(db_text(answer), NULL, 10);
	metric_set(ledger->t->metrics, "ledger_suspects", NULL,
		"Symbols of which our ledger shows more than the broker holds.", suspects);
	end(ledger, suspects > 0 ? AGAIN_SEC : EVERY_SEC);
	if (suspects > 0)
		trip_look(ledger->t->trip);
}

static void shown(void *owner, const struct broker_answer *answer)
{
	struct ledger *ledger = owner;
	AUTO(alloc_free) char *positions = NULL;
	struct err err;

	if (!answer->reply.complete || answer->reply.status != 200)
		return failed(ledger, answer->error);
	if (positions_read(answer->body, answer->length, &positions, &err) < 0)
		return failed(ledger, err.text);

	db_ledger(&ledger->t->db, positions, compared, ledger);
}

void ledger_wake(struct ledger *ledger)
{
	struct tradectl *t = ledger->t;

	/* The broker of the test mode holds nothing: our ledger is all there is. */
	if (t->settings->test_mode || ledger->asking || t->draining || !t->broker ||
		!pg_ready(t->db.work) || !start_knows_account(t->start) ||
		broker_wait(t->broker, PACE_ASK).us > 0 ||
		!mono_reached(ledger->due, clock_mono(t->clock)))
		return;

	ledger->asking = true;
	broker_ask(t->broker,
		&(struct broker_call){.endpoint = "positions",
			.method = "GET",
			.path = "/v2/positions",
			.timeout = span_ms(TIMEOUT_MS),
			.max_body = BODY_MOST,
			.raw = true},
		shown, ledger);
}
