/* settings.c - apid's settings: one table drives parsing, bounds, --check-config, --dump-config and the manual. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "apid/apid.h"
#include "apid/door.h"
#include "apid/origin.h"
#include "common/sys/http.h"

#define AT(field) offsetof(struct apid_settings, field)
#define GOOGLE_CERTS                                                                               \
	"https://www.googleapis.com/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com"

/* clang-format off */
const struct setting apid_settings[] = {
	{.name = "FIREBASE_PROJECT_ID", .kind = SETTING_TEXT, .offset = AT(project), .flags = SETTING_REQUIRED,
		.help = "Firebase project whose ID tokens are accepted."},
	{.name = "FIREBASE_CERTS_URL", .kind = SETTING_TEXT, .offset = AT(certs_url), .fallback = GOOGLE_CERTS,
		.help = "Where the certificates that sign tokens are fetched; http only on loopback."},
	{.name = "APID_LISTEN", .kind = SETTING_TEXT, .offset = AT(listen), .fallback = "127.0.0.1:8080",
		.help = "Address and port; a socket handed over by systemd goes first."},
	{.name = "APID_ALLOWED_ORIGINS", .kind = SETTING_TEXT, .offset = AT(allowed_origins),
		.help = "Whole origins, separated by commas, that may call from a browser."},
	{.name = "APID_MAX_CONNECTIONS", .kind = SETTING_INT, .offset = AT(max_connections), .fallback = "16384", .min = 1, .max = 1000000,
		.help = "Connections at once; lowered to fit the limit of open files."},
	{.name = "APID_DB_SESSIONS", .kind = SETTING_INT, .offset = AT(db_sessions), .fallback = "4", .min = 1, .max = 64,
		.help = "Database sessions for requests, beside the one that listens."},
	{.name = "TRADING_ALLOW_UNATTENDED", .kind = SETTING_BOOL, .offset = AT(allow_unattended), .fallback = "false",
		.help = "Accept configurations that order without a question, paper only."},
	{.name = NULL},
};

/* clang-format on */

int apid_settings_check(const void *settings, const struct daemon_settings *common, struct err *err)
{
	const struct apid_settings *own = settings;
	struct http_url url;

	(void)common;
	if (!http_url_split(own->certs_url, &url))
		return err_set(
			err, -EINVAL, "FIREBASE_CERTS_URL: %s is no http(s) URL", own->certs_url);
	if (strcmp(url.scheme, "https") != 0 &&
		(strcmp(url.scheme, "http") != 0 || !http_host_is_loopback(url.host)))
		return err_set(err, -EINVAL,
			"FIREBASE_CERTS_URL: %s must be https (http only on loopback)",
			own->certs_url);
	if (door_check_listen(own->listen, err) < 0)
		return -EINVAL;
	return origin_check_list(own->allowed_origins, err);
}
