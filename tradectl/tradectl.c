/* tradectl.c - the daemon's life: sessions, sweep, readiness, drain. */
#include "tradectl/tradectl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "common/trading/schema.h"
#include "tradectl/broker.h"
#include "tradectl/cancel.h"
#include "tradectl/claim.h"
#include "tradectl/fake.h"
#include "tradectl/fills.h"
#include "tradectl/follow.h"
#include "tradectl/gauge.h"
#include "tradectl/ledger.h"
#include "tradectl/list.h"
#include "tradectl/moves.h"
#include "tradectl/record.h"
#include "tradectl/resolve.h"
#include "tradectl/seen.h"
#include "tradectl/serve.h"
#include "tradectl/settings.h"
#include "tradectl/start.h"
#include "tradectl/stream.h"
#include "tradectl/told.h"
#include "tradectl/trip.h"
#include "tradectl/trouble.h"
#include "tradectl/unserved.h"

enum {
	SWEEP_SEC = 2,
	COUNT_EVERY = 5, /* sweeps */
};

static const char *const channels[] = {"order_approved", "trading_halt", "reconcile_asked", NULL};

static const char *const open_states[] = {"approved", "reserved", "submitting", "unknown",
	"unresolved", "accepted", "partially_filled", "quarantined"};

struct span tradectl_http_timeout(const struct tradectl *t)
{
	return span_ms(t->served.http_timeout_ms);
}

static int keys_take(struct tradectl *t, struct err *err)
{
	struct alpaca_credentials *credentials = NULL;

	int r = alpaca_credentials_new(t->settings->key_id, t->settings->secret, &credentials, err);
	if (r < 0)
		return r;

	broker_set_keys(t->broker, credentials);
	t->keys++;
	return 0;
}

static void on_back(void *owner)
{
	struct tradectl *t = owner;

	start_wake(t->start);
	claim_wake(t->claim);
}

static int broker_make(struct tradectl *t, struct err *err)
{
	if (t->settings->test_mode) {
		t->account = ALPACA_TEST;
		t->fake = fake_new(t->base, t->clock, &t->db.work);
	} else if (!t->settings->key_id && !t->settings->secret && !t->trading_enabled) {
		return 0;
	}

	t->broker = broker_new(&(struct broker_options){
		.base = t->base,
		.log = t->log,
		.clock = t->clock,
		.metrics = t->metrics,
		.base_url = t->fake ? "test://inside" : t->settings->trading_url,
		.ca_file = t->settings->ca_file,
		.fake = t->fake,
		.hooks = {on_back, t},
	});
	return t->fake ? 0 : keys_take(t, err);
}

static void on_up(void *owner)
{
	struct tradectl *t = owner;

	schema_require(t->daemon, t->db.work);
	start_begin(t->start);
}

static void on_down(void *owner, const char *why)
{
	struct tradectl *t = owner;

	(void)why; /* the session has logged it */
	t->served_at = (struct mono){0};
	start_lost(t->start);
}

static void on_notified(void *owner, const char *channel, const char *payload)
{
	struct tradectl *t = owner;

	(void)payload; /* a hint; the tables tell */
	if (strcmp(channel, "reconcile_asked") == 0)
		serve_wake(t->serve, true);
	else
		claim_wake(t->claim);
}

static void on_fence_up(void *owner)
{
	struct tradectl *t = owner;

	claim_wake(t->claim);
}

static void sessions_make(struct tradectl *t)
{
	struct pg_options options = {
		.base = t->base,
		.log = t->log,
		.clock = t->clock,
		.metrics = t->metrics,
		.conninfo = daemon_common(t->daemon)->database_url,
		.name = "hybridhub-tradectl",
		.channels = channels,
		.hooks = {on_up, on_down, on_notified, t},
	};

	t->db.work = pg_new(&options);
	options.name = "hybridhub-tradectl-fence";
	options.channels = NULL;
	options.hooks = (struct pg_hooks){.up = on_fence_up, .owner = t};
	t->db.fence = pg_new(&options);
}

static void counted(void *owner, const struct pg_answer *answer)
{
	struct tradectl *t = owner;
	int64_t orders[LENGTH(open_states)] = {0}, oldest = 0;
	struct err err;

	for (size_t row = 0; row < db_count(answer); row++) {
		struct db_state state;
		if (db_state(answer, row, &state, &err) < 0)
			return;

		for (size_t i = 0; i < LENGTH(open_states); i++)
			if (strcmp(open_states[i], state.status) == 0)
				orders[i] = state.orders;
		if (strcmp(state.status, "unknown") == 0)
			oldest = state.oldest_seconds;
	}
	if (answer->outcome != PG_DONE)
		return;

	for (size_t i = 0; i < LENGTH(open_states); i++) {
		AUTO(alloc_free) char *labels = alloc_print("state=\"%s\"", open_states[i]);
		metric_set(t->metrics, "orders_open", labels,
			"Orders that have not ended, by state.", orders[i]);
	}
	metric_set(t->metrics, "order_unknown_age_seconds", NULL,
		"Age of the oldest order whose fate is unknown.", oldest);
}

static void expired(void *owner, const struct pg_answer *answer)
{
	struct tradectl *t = owner;
	struct err err;

	for (size_t row = 0; answer->outcome == PG_DONE && row < db_count(answer); row++) {
		struct db_order order = {.reason = "EXPIRED"};
		if (db_expired(answer, row, &order.id, &err) == 0)
			record_moved(t, &order, "approved", "expired");
	}
}

static void on_sweep(evutil_socket_t fd, short what, void *owner)
{
	struct tradectl *t = owner;

	(void)fd;
	(void)what;
	if (t->broker)
		broker_probe(t->broker);
	if (!pg_ready(t->db.work))
		return tradectl_quiet(t);

	serve_wake(t->serve, false);
	if (t->sweeps++ % COUNT_EVERY == 0) {
		db_states(&t->db, counted, t);
		trip_look(t->trip);
		unserved_wake(t->unserved);
		cancels_look(t->cancels);
		gauge_wake(t->gauge);
	}
	start_wake(t->start);
	list_wake(t->list);
	ledger_wake(t->ledger);
	if (start_done(t->start))
		db_expire(&t->db, expired, t);
	trip_again(t->trip);
	resolve_wake(t->resolve);
	follow_wake(t->follow);
	cancels_wake(t->cancels);
	stream_wake(t->stream);
	claim_sweep(t->claim);
	tradectl_quiet(t);
}

static char *worker_name(void)
{
	char host[128] = "";

	gethostname(host, sizeof(host) - 1);
	return alloc_print("%s:%ld", host, (long)getpid());
}

int tradectl_start(struct daemon *daemon, const void *settings, void **state_out, struct err *err)
{
	struct tradectl *t = alloc_zero(sizeof(*t));

	t->daemon = daemon;
	t->settings = settings;
	t->base = daemon_base(daemon);
	t->log = daemon_log(daemon);
	t->clock = daemon_clock(daemon);
	t->metrics = daemon_metrics(daemon);
	t->trading_enabled = daemon_common(daemon)->trading_enabled;
	int r = alpaca_trading_host(t->settings->trading_url, &t->account, err);
	if (r == 0)
		r = broker_make(t, err);
	if (r < 0) {
		broker_free(&t->broker);
		fake_free(&t->fake);
		alloc_free(&t);
		return r;
	}

	t->worker = worker_name();
	t->db.account = alpaca_account_name(t->account);
	t->db.worker = t->worker;
	sessions_make(t);
	t->moves = moves_new();
	t->told = told_new();
	t->records = records_new(t);
	t->seen = seen_new(t->settings->state_dir, t->db.account);
	t->serve = serve_new(t);
	t->gauge = gauge_new(t);
	t->trip = trip_new(t);
	t->start = start_new(t);
	t->list = list_new(t);
	t->ledger = ledger_new(t);
	t->unserved = unserved_new(t);
	t->claim = claim_new(t);
	t->resolve = resolve_new(t);
	t->follow = follow_new(t);
	t->cancels = cancels_new(t);
	if (!t->fake) /* which tells nothing: its orders are polled for */
		t->stream_url = t->settings->stream_url
					? alloc_text(t->settings->stream_url)
					: alpaca_stream_url(t->settings->trading_url);
	t->fills = fills_new(t);
	t->stream = stream_new(t);
	t->sweep = event_new(t->base, -1, EV_PERSIST, on_sweep, t);
	event_add(t->sweep, &(struct timeval){.tv_sec = SWEEP_SEC});
	log_info(t->log, "tradectl.started", "serves one broker account",
		LOG_TEXT("account", t->db.account), LOG_TEXT("worker", t->worker),
		LOG_TEXT("base_url", t->fake ? "test://inside" : t->settings->trading_url),
		LOG_TEXT("trading", t->trading_enabled ? "enabled" : "disabled"));
	pg_start(t->db.work);
	pg_start(t->db.fence);
	if (t->broker)
		broker_probe(t->broker);
	*state_out = t;
	return 0;
}

/* Begins nothing, but follows what is open: the broker must be there for that. */
static bool ready_idle(const struct tradectl *t, char *missing, size_t size)
{
	snprintf(missing, size, "idle: TRADING_ENABLED is false");
	if (!t->broker)
		return true;
	if (broker_trouble(t->broker)) {
		snprintf(missing, size, "broker: %s", broker_trouble(t->broker));
		return false;
	}
	return start_done(t->start) || (start_say(t->start, missing, size), false);
}

bool tradectl_ready(void *state, char *missing, size_t size)
{
	const struct tradectl *t = state;
	const char *database = pg_trouble(t->db.work);
	struct trouble trouble;

	if (!database)
		database = pg_trouble(t->db.fence);
	if (database) {
		snprintf(missing, size, "database: %s", database);
		return false;
	}
	if (!t->trading_enabled)
		return ready_idle(t, missing, size);
	trouble_find(t, &trouble);
	if (trouble.code) {
		snprintf(missing, size, "%s", trouble.text);
		return false;
	}
	if (gauge_halted(t->gauge) > 0)
		snprintf(missing, size, "but trading is %s: tradectl status says who and why",
			gauge_halted(t->gauge) > 1 ? "halted" : "reducing");
	return true;
}

void tradectl_reload(void *state)
{
	struct tradectl *t = state;
	struct err err;

	if (!t->broker || t->fake)
		return;
	if (keys_take(t, &err) < 0) {
		log_error(t->log, "keys.kept", "the new keys cannot be used; the old ones stay",
			LOG_TEXT("why", err.text));
		return;
	}

	log_info(t->log, "keys.taken",
		"keys were read again; their account and its open orders are asked for first",
		LOG_TEXT("account", t->db.account));
	if (pg_ready(t->db.work))
		start_begin(t->start);
	stream_again(t->stream);
	broker_probe(t->broker);
}

void tradectl_quiet(struct tradectl *t)
{
	if (t->draining && claim_idle(t->claim) && resolve_idle(t->resolve) && trip_idle(t->trip) &&
		records_empty(t->records))
		daemon_drained(t->daemon);
}

void tradectl_drain(void *state)
{
	struct tradectl *t = state;

	t->draining = true;
	stream_drain(t->stream);
	if (FAILPOINT("T18.draining"))
		daemon_drained(t->daemon);
	tradectl_quiet(t);
}

void tradectl_stop(void *state)
{
	struct tradectl *t = state;

	event_free(t->sweep);
	stream_free(&t->stream);
	fills_free(&t->fills);
	cancels_free(&t->cancels);
	follow_free(&t->follow);
	resolve_free(&t->resolve);
	claim_free(&t->claim);
	start_free(&t->start);
	unserved_free(&t->unserved);
	ledger_free(&t->ledger);
	list_free(&t->list);
	trip_free(&t->trip);
	gauge_free(&t->gauge);
	serve_free(&t->serve);
	seen_free(&t->seen);
	records_free(&t->records);
	fake_free(&t->fake); /* with what broker has asked it */
	pg_forget(t->db.work, t);
	pg_free(&t->db.work);
	pg_free(&t->db.fence);
	broker_free(&t->broker);
	moves_free(&t->moves);
	told_free(&t->told);
	alloc_free(&t->stream_url);
	alloc_free(&t->worker);
	alloc_free(&t);
}
