/* ingest.c - see ingest.h: leading or standing by, and the sessions that all parts share. */
#include "ingestd/ingest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "ingestd/broker.h"
#include "ingestd/poller.h"

static const char *const channels[] = {"config_changed", NULL};

bool ingest_may_fetch(const struct ingest *ingest)
{
	return led_leads(ingest->led) && !ingest->draining &&
	       (ingest->credentials != NULL || ingest->fixture != NULL) && pg_ready(ingest->pg);
}

static void start_work(void *owner)
{
	struct ingest *ingest = owner;

	poller_start(ingest->poller);
	broker_start(ingest->broker);
}

static void stop_work(struct ingest *ingest)
{
	broker_stop(ingest->broker);
	poller_stop(ingest->poller);
}

static void on_lost(void *owner)
{
	stop_work(owner);
	ingest_settled(owner);
}

static void on_changed(void *owner)
{
	struct ingest *ingest = owner;

	poller_replan(ingest->poller);
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

/* A file that cannot be used leaves the one before it in force; one that can begins at its beginning. */
static bool take_fixture(struct ingest *ingest, struct err *err)
{
	struct fixture *fresh = NULL;

	if (fixture_read(ingest->settings->fixture_file, &fresh, err) < 0)
		return false;
	fixture_free(&ingest->fixture);
	ingest->fixture = fresh;
	return true;
}

static struct led *make_led(struct ingest *ingest)
{
	const struct led_options options = {
		.daemon = ingest->daemon,
		.name = "hybridhub-ingestd",
		.channels = channels,
		.unusable = "nothing is fetched for this user",
		.interval_seconds = ingest->settings->worker.interval_sec,
		/* Whether its orders may go unattended is not ours to judge. */
		.allow_unattended = true,
		.leads = ingest->off == NULL,
		.hooks = {start_work, on_lost, NULL, on_changed, NULL, ingest},
	};

	return led_new(&options);
}

static const char *fixture_name(const struct ingest *ingest)
{
	const char *file = ingest->settings->fixture_file;

	return file != NULL ? file : "the shipped one";
}

int ingest_start(struct daemon *daemon, const void *settings, void **state_out, struct err *err)
{
	struct ingest *ingest = alloc_zero(sizeof(*ingest));

	ingest->daemon = daemon;
	ingest->log = daemon_log(daemon);
	ingest->clock = daemon_clock(daemon);
	ingest->settings = settings;
	ingest->off = ingest_settings_off(settings, daemon_common(daemon));
	if (ingest->settings->test_mode && !take_fixture(ingest, err)) {
		alloc_free(&ingest);
		return -EINVAL;
	}
	if (!ingest->settings->test_mode)
		(void)take_credentials(
			ingest); /* without any: not ready, and no_credentials says why */
	ingest->led = make_led(ingest);
	ingest->pg = led_pg(ingest->led);
	ingest->roster = led_roster(ingest->led);
	ingest->http = http_new(
		daemon_base(daemon), ingest->log, ingest->clock, ingest->settings->ca_file);
	ingest->broker = broker_new(ingest);
	ingest->poller = poller_new(ingest);
	if (ingest->off != NULL)
		log_warning(ingest->log, "ingest.idle", "switched off: nothing is fetched",
			LOG_TEXT("setting", ingest->off));
	if (ingest->fixture != NULL)
		log_warning(ingest->log, "ingest.test_mode",
			"prices and calendar come from a file: no outside call is made",
			LOG_TEXT("file", fixture_name(ingest)),
			LOG_INT("rows", ingest->fixture->nrows));
	led_start(ingest->led);
	*state_out = ingest;
	return 0;
}

static const char *trouble(const struct ingest *ingest)
{
	if (ingest->off != NULL)
		return NULL;
	if (ingest->credentials == NULL && ingest->fixture == NULL)
		return ingest->no_credentials.text;
	if (!led_leads(ingest->led))
		return NULL;
	if (broker_trouble(ingest->broker) != NULL)
		return broker_trouble(ingest->broker);
	return poller_trouble(ingest->poller);
}

bool ingest_ready(void *state, char *missing, size_t size)
{
	const struct ingest *ingest = state;
	const char *why;

	if (!led_ready(ingest->led, missing, size))
		return false;
	why = trouble(ingest);
	if (ingest->off != NULL)
		snprintf(missing, size, "idle: %s is false", ingest->off);
	if (why != NULL)
		snprintf(missing, size, "%s", why);
	return why == NULL;
}

static bool reload_fixture(struct ingest *ingest)
{
	struct err err;

	if (!take_fixture(ingest, &err)) {
		log_error(ingest->log, "fixture.refused", "the one before it stays in force",
			LOG_TEXT("why", err.text));
		return false;
	}
	log_info(ingest->log, "fixture.read", "it begins at its beginning",
		LOG_TEXT("file", fixture_name(ingest)), LOG_INT("rows", ingest->fixture->nrows),
		LOG_INT("leading", led_leads(ingest->led)));
	return true;
}

static bool reload_credentials(struct ingest *ingest)
{
	if (!take_credentials(ingest)) {
		log_error(ingest->log, "credentials.refused", "the keys before them stay in force",
			LOG_TEXT("why", ingest->no_credentials.text));
		return false;
	}
	log_info(ingest->log, "credentials.read", "keys were read again",
		LOG_INT("leading", led_leads(ingest->led)));
	return true;
}

/* New keys: polls that failed for want of them are tried at once. */
void ingest_reload(void *state)
{
	struct ingest *ingest = state;

	if (!(ingest->fixture != NULL ? reload_fixture(ingest) : reload_credentials(ingest)))
		return;
	if (!led_leads(ingest->led) || ingest->draining)
		return;
	stop_work(ingest);
	start_work(ingest);
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
	led_drain(ingest->led);
	ingest_settled(ingest);
}

void ingest_stop(void *state)
{
	struct ingest *ingest = state;

	stop_work(ingest);
	poller_free(&ingest->poller);
	broker_free(&ingest->broker);
	http_free(&ingest->http);
	led_free(&ingest->led);
	alpaca_credentials_free(&ingest->credentials);
	fixture_free(&ingest->fixture);
	alloc_free(&ingest);
}

void ingest_measure(void *state, struct metrics *metrics)
{
	const struct ingest *ingest = state;

	poller_measure(ingest->poller, metrics);
	led_measure(ingest->led, metrics);
	worker_measure(ingest->off, metrics);
}
