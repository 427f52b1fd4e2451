/* ingest.c - see ingest.h: leading or standing by, and the sessions that all parts share. */
#include "ingestd/ingest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/trading/schema.h"
#include "ingestd/broker.h"
#include "ingestd/poller.h"

static const char *const channels[] = {"config_changed", NULL};

bool ingest_may_fetch(const struct ingest *ingest)
{
	return ingest->leading && !ingest->draining && ingest->credentials != NULL &&
	       pg_ready(ingest->pg);
}

static void on_leading(void *owner)
{
	struct ingest *ingest = owner;

	if (ingest->draining)
		return;
	ingest->leading = true;
	poller_start(ingest->poller);
	roster_start(ingest->roster);
	broker_start(ingest->broker);
}

static void stop_work(struct ingest *ingest)
{
	ingest->leading = false;
	roster_stop(ingest->roster);
	broker_stop(ingest->broker);
	poller_stop(ingest->poller);
}

static void on_deposed(void *owner)
{
	stop_work(owner);
	ingest_settled(owner);
}

static void on_up(void *owner)
{
	struct ingest *ingest = owner;

	schema_require(ingest->daemon, ingest->pg);
	if (ingest->work && !ingest->draining)
		leader_up(ingest->leader);
}

static void on_down(void *owner, const char *why)
{
	struct ingest *ingest = owner;

	(void)why;
	leader_down(ingest->leader);
}

static void on_notified(void *owner, const char *channel, const char *payload)
{
	struct ingest *ingest = owner;

	(void)channel;
	if (ingest->leading)
		roster_rung(ingest->roster, payload);
}

static void on_changed(void *owner)
{
	struct ingest *ingest = owner;

	poller_replan(ingest->poller);
}

static void on_unusable(
	void *owner, const char *uid, struct person_stamp stamp, const struct config_report *report)
{
	struct ingest *ingest = owner;
	const struct config_problem *first = report->nerrors > 0 ? &report->errors[0] : NULL;

	log_warning(ingest->log, "config.unusable", "nothing is fetched for this user",
		LOG_TEXT("uid", uid), LOG_INT("version", stamp.version),
		LOG_TEXT("code", first ? config_code_name(first->code) : ""),
		LOG_TEXT("path", first ? first->path : ""),
		LOG_TEXT("why", first ? first->message : ""));
}

static void on_unread(void *owner, const char *why)
{
	struct ingest *ingest = owner;

	log_warning(ingest->log, "config.not_read", "the documents known stay in force",
		LOG_TEXT("why", why));
}

/* Keys that cannot be used leave those before them in force. */
static bool take_credentials(struct ingest *ingest)
{
	const struct ingest_settings *settings = ingest->settings;
	struct alpaca_credentials *fresh = NULL;
	int r;

	if (settings->key_id == NULL || settings->secret_key == NULL)
		r = err_set(&ingest->no_credentials, -ENOENT, "%s is not set",
			settings->key_id == NULL ? "ALPACA_API_KEY_ID" : "ALPACA_API_SECRET_KEY");
	else
		r = alpaca_credentials_new(
			settings->key_id, settings->secret_key, &fresh, &ingest->no_credentials);
	if (r < 0)
		return false;

	alpaca_credentials_free(&ingest->credentials);
	ingest->credentials = fresh;
	return true;
}

static struct roster *make_roster(struct ingest *ingest)
{
	const struct roster_options options = {
		.base = daemon_base(ingest->daemon),
		.pg = ingest->pg,
		.worker_interval_seconds = ingest->settings->interval_sec,
		/* Whether its orders may go unattended is not ours to judge. */
		.allow_unattended = true,
		.hooks = {on_changed, on_unusable, on_unread, ingest},
	};

	return roster_new(&options);
}

static struct pg *make_session(struct ingest *ingest)
{
	const struct pg_options options = {
		.base = daemon_base(ingest->daemon),
		.log = ingest->log,
		.clock = ingest->clock,
		.metrics = daemon_metrics(ingest->daemon),
		.conninfo = daemon_common(ingest->daemon)->database_url,
		.name = "hybridhub-ingestd",
		.channels = channels,
		.hooks = {on_up, on_down, on_notified, ingest},
	};

	return pg_new(&options);
}

int ingest_start(struct daemon *daemon, const void *settings, void **state_out, struct err *err)
{
	struct ingest *ingest = alloc_zero(sizeof(*ingest));
	const struct leader_hooks hooks = {on_leading, on_deposed, ingest};

	(void)err;
	ingest->daemon = daemon;
	ingest->log = daemon_log(daemon);
	ingest->clock = daemon_clock(daemon);
	ingest->settings = settings;
	ingest->work = ingest_settings_work(settings, daemon_common(daemon));
	(void)take_credentials(ingest); /* without any: not ready, and no_credentials says why */
	ingest->pg = make_session(ingest);
	ingest->leader = leader_new(
		daemon_base(daemon), ingest->log, ingest->pg, "hybridhub-ingestd", &hooks);
	ingest->http = http_new(
		daemon_base(daemon), ingest->log, ingest->clock, ingest->settings->ca_file);
	ingest->roster = make_roster(ingest);
	ingest->broker = broker_new(ingest);
	ingest->poller = poller_new(ingest);
	if (!ingest->work)
		log_info(ingest->log, "ingest.idle", "switched off: nothing is fetched",
			LOG_INT("trading_enabled", daemon_common(daemon)->trading_enabled));
	pg_start(ingest->pg);
	*state_out = ingest;
	return 0;
}

static const char *trouble(const struct ingest *ingest)
{
	if (!pg_ready(ingest->pg))
		return pg_trouble(ingest->pg);
	if (!ingest->work)
		return NULL;
	if (ingest->credentials == NULL)
		return ingest->no_credentials.text;
	if (!ingest->leading)
		return NULL;
	if (roster_trouble(ingest->roster) != NULL)
		return roster_trouble(ingest->roster);
	if (broker_trouble(ingest->broker) != NULL)
		return broker_trouble(ingest->broker);
	return poller_trouble(ingest->poller);
}

bool ingest_ready(void *state, char *missing, size_t size)
{
	const char *why = trouble(state);

	if (why != NULL)
		snprintf(missing, size, "%s", why);
	return why == NULL;
}

/* New keys: polls that failed for want of them are tried at once. */
void ingest_reload(void *state)
{
	struct ingest *ingest = state;

	if (!take_credentials(ingest)) {
		log_error(ingest->log, "credentials.refused", "the keys before them stay in force",
			LOG_TEXT("why", ingest->no_credentials.text));
		return;
	}
	log_info(ingest->log, "credentials.read", "keys were read again",
		LOG_INT("leading", ingest->leading));
	if (!ingest->leading)
		return;
	stop_work(ingest);
	on_leading(ingest);
}

void ingest_settled(struct ingest *ingest)
{
	if (ingest->draining && poller_under_way(ingest->poller) == 0)
		daemon_drained(ingest->daemon);
}

void ingest_drain(void *state)
{
	struct ingest *ingest = state;

	ingest->draining = true;
	ingest_settled(ingest);
}

void ingest_stop(void *state)
{
	struct ingest *ingest = state;

	stop_work(ingest);
	poller_free(&ingest->poller);
	broker_free(&ingest->broker);
	roster_free(&ingest->roster);
	http_free(&ingest->http);
	leader_free(&ingest->leader);
	pg_free(&ingest->pg);
	alpaca_credentials_free(&ingest->credentials);
	alloc_free(&ingest);
}

void ingest_measure(void *state, struct metrics *metrics)
{
	const struct ingest *ingest = state;

	poller_measure(ingest->poller, metrics);
	metric_set(metrics, "leading", NULL, "1 while this instance leads.", ingest->leading);
}
