/* venue.c - see venue.h. */
#include "tradectl/venue.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/alpaca/host.h"
#include "common/sys/alloc.h"
#include "tradectl/settings.h"

enum {
	REQUEST_SEC = 10,
};

struct venue {
	struct tradectl_settings settings;
	struct event_base *base;
	struct log *log;
	struct metrics *metrics;
	struct broker *broker;
	struct venue_answer *answer; /* of the request under way; NULL when it is there */
};

static void back(void *owner)
{
	(void)owner;
}

/* The settings' own rules, and then stricter: the live gate has no way in here. */
static int check(const struct tradectl_settings *settings, struct err *err)
{
	enum alpaca_account account;

	if (settings->test_mode)
		return err_set(err, -EINVAL,
			"QUESTION_PIPELINE_TEST_MODE is true: there is no broker to try");

	int r = alpaca_trading_host(settings->trading_url, &account, err);
	if (r < 0) {
		err_prefix(err, "ALPACA_TRADING_BASE_URL");
		return r;
	}
	if (account != ALPACA_PAPER)
		return err_set(err, -EINVAL,
			"ALPACA_TRADING_BASE_URL: %s is the live host; this is tried on "
			"https://paper-api.alpaca.markets or loopback only",
			settings->trading_url);
	if (settings->ca_file && access(settings->ca_file, R_OK) < 0)
		return err_set(
			err, -EINVAL, "ALPACA_CA_FILE: %s cannot be read", settings->ca_file);
	return 0;
}

static int open_broker(struct venue *venue, struct err *err)
{
	struct alpaca_credentials *credentials = NULL;
	const struct tradectl_settings *settings = &venue->settings;

	int r = alpaca_credentials_new(settings->key_id, settings->secret, &credentials, err);
	if (r < 0)
		return r;

	signal(SIGPIPE, SIG_IGN);
	venue->base = event_base_new();
	venue->log = log_new(
		"tradectl", LOG_LEVEL_ERROR, LOG_FORMAT_LOGFMT, STDERR_FILENO, clock_system());
	venue->metrics = metrics_new();
	venue->broker = broker_new(&(struct broker_options){.base = venue->base,
		.log = venue->log,
		.clock = clock_system(),
		.metrics = venue->metrics,
		.base_url = settings->trading_url,
		.ca_file = settings->ca_file,
		.hooks = {.back = back}});
	broker_set_keys(venue->broker, credentials);
	return 0;
}

int venue_new(struct venue **venue_out, struct err *err)
{
	struct venue *venue = alloc_zero(sizeof(*venue));

	int r = setting_read(tradectl_settings, &venue->settings, err);
	if (r == 0)
		r = check(&venue->settings, err);
	if (r == 0)
		r = open_broker(venue, err);
	if (r < 0) {
		venue_free(&venue);
		return r;
	}
	*venue_out = venue;
	return 0;
}

void venue_free(struct venue **venue)
{
	if (!*venue)
		return;

	broker_free(&(*venue)->broker);
	metrics_free(&(*venue)->metrics);
	log_free(&(*venue)->log);
	if ((*venue)->base)
		event_base_free((*venue)->base);
	setting_clear(tradectl_settings, &(*venue)->settings);
	alloc_free(venue);
}

static void heard(void *owner, const struct broker_answer *answer)
{
	struct venue *venue = owner;

	venue->answer->reply = answer->reply;
	venue->answer->reply.differs = NULL; /* nothing was compared */
	snprintf(venue->answer->error, sizeof(venue->answer->error), "%s", answer->error);
	venue->answer->body = alloc_text(answer->body ? answer->body : "");
	venue->answer = NULL;
}

void venue_ask(struct venue *venue, const char *method, const char *path, const char *body,
	struct venue_answer *answer_out)
{
	*answer_out = (struct venue_answer){.body = NULL};
	venue->answer = answer_out;
	broker_ask(venue->broker,
		&(struct broker_call){.endpoint = "venue_check",
			.method = method,
			.path = path,
			.body = body,
			.timeout = span_sec(REQUEST_SEC)},
		heard, venue);
	while (venue->answer)
		event_base_loop(venue->base, EVLOOP_ONCE);
}

void venue_answer_clear(struct venue_answer *answer)
{
	alloc_free(&answer->body);
}

/* A 422 has many causes; only one that speaks of the id says that the id was the cause. */
enum venue_verdict venue_judge(const struct reply *reply)
{
	if (!reply->complete)
		return VENUE_UNCLEAR;
	if (reply->status >= 200 && reply->status <= 299)
		return VENUE_ACCEPTED;
	if (reply->status == 422 && reply->error.envelope &&
		strcasestr(reply->error.message, "client_order_id"))
		return VENUE_REFUSED;
	return VENUE_UNCLEAR;
}
