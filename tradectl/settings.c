/* settings.c - see settings.h. */
#include "tradectl/settings.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "common/alpaca/credentials.h"
#include "common/alpaca/host.h"
#include "common/trading/test_mode.h"

#define AT(field) .offset = offsetof(struct tradectl_settings, field)

/* clang-format off */
const struct setting tradectl_settings[] = {
	{.name = "ALPACA_API_KEY_ID", .kind = SETTING_TEXT, AT(key_id), .flags = SETTING_SECRET,
		.help = "Key of the Alpaca account; required while TRADING_ENABLED is true."},
	{.name = "ALPACA_API_SECRET_KEY", .kind = SETTING_TEXT, AT(secret), .flags = SETTING_SECRET,
		.help = "Its secret."},
	{.name = "ALPACA_TRADING_BASE_URL", .kind = SETTING_TEXT, AT(trading_url),
		.fallback = "https://paper-api.alpaca.markets",
		.help = "Where orders go. The host decides whether the money is real; loopback stands for a simulator."},
	{.name = "ALPACA_TRADING_STREAM_URL", .kind = SETTING_TEXT, AT(stream_url),
		.help = "Where trade updates come from; of the same account as ALPACA_TRADING_BASE_URL. Not set: its host, wss (ws for http), /stream."},
	{.name = "ALPACA_CA_FILE", .kind = SETTING_TEXT, AT(ca_file),
		.help = "Certificates to trust instead of the system's, for a private test CA."},
	{.name = "TRADECTL_STATE_DIR", .kind = SETTING_TEXT, AT(state_dir), .fallback = "/var/lib/hybridhub",
		.help = "Folder of this host's own memory: the highest reservation seen, by which a database that went back in time is found out. While it cannot be written nothing is claimed."},
	{.name = "ALPACA_ALLOW_LIVE", .kind = SETTING_BOOL, AT(allow_live), .fallback = "false",
		.help = "true lets this daemon use the live host. One of five things that live trading needs."},
	TEST_MODE_SETTING(tradectl_settings,
		"true: no outside call at all; serves the broker account `test` with a broker of its own, and needs no key."),
	{.name = NULL},
};

/* clang-format on */

int tradectl_settings_check(
	const void *settings, const struct daemon_settings *common, struct err *err)
{
	const struct tradectl_settings *own = settings;
	AUTO(alpaca_credentials_free) struct alpaca_credentials *credentials = NULL;
	enum alpaca_account account;

	int r = alpaca_trading_host(own->trading_url, &account, err);
	if (r == 0 && own->test_mode)
		r = alpaca_test_gate(account, err);
	if (r < 0) {
		err_prefix(err, "ALPACA_TRADING_BASE_URL");
		return r;
	}
	if (alpaca_live_gate(account, own->allow_live, err) < 0) {
		err_prefix(err, "ALPACA_TRADING_BASE_URL");
		return -EINVAL;
	}
	if (own->stream_url && alpaca_stream_host(own->stream_url, account, err) < 0) {
		err_prefix(err, "ALPACA_TRADING_STREAM_URL");
		return -EINVAL;
	}
	if (own->ca_file && access(own->ca_file, R_OK) < 0)
		return err_set(err, -EINVAL, "ALPACA_CA_FILE: %s cannot be read", own->ca_file);
	if (own->test_mode)
		return 0;
	if (!common->trading_enabled && !own->key_id && !own->secret)
		return 0;
	return alpaca_credentials_new(own->key_id, own->secret, &credentials, err);
}
