/* settings.c - see settings.h. */
#include "ingestd/settings.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "common/alpaca/host.h"
#include "common/trading/test_mode.h"
#include "common/trading/word.h"
#include "ingestd/fixture.h"

#define AT(field) .offset = offsetof(struct ingest_settings, field)

/* The stock feeds of enum feed, in its order. */
static const char *const data_feeds[] = {"iex", "sip", "delayed_sip", NULL};

_Static_assert(
	FEED_IEX == 0 && FEED_SIP == 1 && FEED_DELAYED_SIP == 2, "data_feeds follows enum feed");

/* clang-format off */
const struct setting ingest_setting_rows[] = {
	WORKER_SETTINGS(ingest_settings, "TRADING_WORKER_INGEST_ENABLED",
		"false: no market data is fetched; the daemon stays up and ready.",
		"No data input is polled more often than this."),
	{"ALPACA_API_KEY_ID", SETTING_TEXT, AT(key_id), .flags = SETTING_SECRET,
		.help = "Key of the Alpaca account; without it nothing is fetched."},
	{"ALPACA_API_SECRET_KEY", SETTING_TEXT, AT(secret_key), .flags = SETTING_SECRET,
		.help = "The key's secret."},
	{"ALPACA_DATA_BASE_URL", SETTING_TEXT, AT(data_url), .fallback = "https://data.alpaca.markets",
		.help = "Market data host: data.alpaca.markets, data.sandbox.alpaca.markets or loopback."},
	{"ALPACA_DATA_FEED", SETTING_CHOICE, AT(data_feed), .fallback = "iex", .choices = data_feeds,
		.help = "Stock feed of the inputs that name none."},
	{"ALPACA_TRADING_BASE_URL", SETTING_TEXT, AT(trading_url), .fallback = "https://paper-api.alpaca.markets",
		.help = "Trading host, for the broker's calendar and clock."},
	{"ALPACA_CA_FILE", SETTING_TEXT, AT(ca_file),
		.help = "Certificate authorities in PEM, for a private test CA; the system's otherwise."},
	TEST_MODE_SETTING(ingest_settings,
		"true: no outside call at all; prices and calendar come from TRADING_FIXTURE_FILE, and no key is needed."),
	{"TRADING_FIXTURE_FILE", SETTING_TEXT, AT(fixture_file),
		.help = "Rows and calendar of the test mode; SIGHUP reads it again. Unset: SPY at 500, then at 492, in a session around now."},
	{.name = NULL},
};

/* clang-format on */

/* A fixture that is there is judged also while nothing reads it. */
static int fixture_check(const struct ingest_settings *mine, struct err *err)
{
	AUTO(fixture_free) struct fixture *fixture = NULL;

	if (!mine->test_mode && mine->fixture_file == NULL)
		return 0;
	int r = fixture_read(mine->fixture_file, &fixture, err);
	if (r < 0)
		err_prefix(err, "TRADING_FIXTURE_FILE");
	return r;
}

int ingest_settings_check(
	const void *settings, const struct daemon_settings *common, struct err *err)
{
	const struct ingest_settings *mine = settings;
	enum alpaca_account account;

	(void)common;
	int r = alpaca_data_host(mine->data_url, err);
	if (r < 0) {
		err_prefix(err, "ALPACA_DATA_BASE_URL");
		return r;
	}

	if (mine->ca_file != NULL && access(mine->ca_file, R_OK) < 0)
		return err_set(err, -EINVAL, "ALPACA_CA_FILE: %s cannot be read", mine->ca_file);
	/* Either account will do: ingestd only asks for the calendar and the time. */
	r = alpaca_trading_host(mine->trading_url, &account, err);
	if (r == 0 && mine->test_mode)
		r = alpaca_test_gate(account, err);
	if (r < 0) {
		err_prefix(err, "ALPACA_TRADING_BASE_URL");
		return r;
	}
	return fixture_check(mine, err);
}

const char *ingest_settings_off(
	const struct ingest_settings *settings, const struct daemon_settings *common)
{
	return worker_off(&settings->worker, common, "TRADING_WORKER_INGEST_ENABLED");
}
