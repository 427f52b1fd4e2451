/* daemon.c - from argv to the loop: flags, environment, settings. See daemon.h. */
#include "common/sys/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <time.h>

#include "common/sys/alloc.h"
#include "common/sys/daemon_own.h"
#include "common/sys/failpoint.h"
#include "common/sys/must.h"
#include "common/sys/pg.h"

static const char *const level_words[] = {"error", "warning", "info", "debug", NULL};
static const char *const format_words[] = {"logfmt", "json", NULL};

#define AT(field) offsetof(struct daemon_settings, field)

/* clang-format off */
const struct setting daemon_rows[] = {
	{.name = "DATABASE_URL", .kind = SETTING_TEXT, .offset = AT(database_url),
	 .flags = SETTING_REQUIRED | SETTING_URL,
	 .help = "Where Postgres is, as libpq writes it; several hosts are fine. Each daemon has its own role."},
	{.name = "TRADING_ENABLED", .kind = SETTING_BOOL, .offset = AT(trading_enabled), .fallback = "false",
	 .help = "The main switch. false: the daemon stays up and ready, and begins nothing new."},
	{.name = "METRICS_LISTEN", .kind = SETTING_TEXT, .offset = AT(metrics_listen),
	 .help = "Numeric address:port of /livez, /readyz and /metrics. Unset: no listener."},
	{.name = "LOG_LEVEL", .kind = SETTING_CHOICE, .offset = AT(log_level), .fallback = "info",
	 .choices = level_words, .help = "Least urgent line that is written."},
	{.name = "LOG_FORMAT", .kind = SETTING_CHOICE, .offset = AT(log_format), .fallback = "logfmt",
	 .choices = format_words, .help = "How a line is written."},
	{.name = NULL},
};
/* clang-format on */

/* Each would change behind our back where we connect to, whom we trust, or who can read along: Debian's libcurl
 * writes TLS keys to SSLKEYLOGFILE, libpq prefers PGTZ to what its options say. */
static const char *const unwanted[] = {"SSLKEYLOGFILE", "http_proxy", "https_proxy", "HTTP_PROXY",
	"HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "CURL_CA_BUNDLE",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "PGSERVICE", "PGSERVICEFILE", "PGOPTIONS", "PGTZ",
	"PGDATESTYLE", "PGCLIENTENCODING"};

static void environment_set(void)
{
	for (size_t i = 0; i < LENGTH(unwanted); i++)
		must(unsetenv(unwanted[i]) == 0);
	must(setenv("TZ", "America/New_York", 1) == 0);
	tzset();
}

#ifdef __has_feature
#define BUILT_WITH_ASAN __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define BUILT_WITH_ASAN 1
#else
#define BUILT_WITH_ASAN 0
#endif

/* Keys live in this memory: no core file, no ptrace by the same user. LeakSanitizer works by ptrace. */
static void process_close(void)
{
#if !BUILT_WITH_ASAN
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	signal(SIGPIPE, SIG_IGN);
}

static int common_check(const struct daemon_settings *common, struct err *err)
{
	int r;

	if (!pg_conninfo_fits(common->database_url))
		return err_set(
			err, -EINVAL, "DATABASE_URL: libpq cannot read this connection string");
	if (common->metrics_listen == NULL)
		return 0;

	r = health_check(common->metrics_listen, err);
	if (r < 0)
		err_prefix(err, "METRICS_LISTEN");
	return r;
}

static int settings_read(struct daemon *daemon, struct err *err)
{
	const struct daemon_app *app = daemon->app;
	int r;

	r = setting_read(daemon_rows, &daemon->common, err);
	if (r < 0)
		return r;

	r = common_check(&daemon->common, err);
	if (r < 0 || app->settings == NULL)
		return r;

	r = setting_read(app->settings, daemon->settings, err);
	if (r < 0)
		return r;
	return app->check != NULL ? app->check(daemon->settings, &daemon->common, err) : 0;
}

static int act(struct daemon *daemon, enum daemon_verb verb)
{
	struct err err;

	if (settings_read(daemon, &err) < 0) {
		fprintf(stderr, "%s: %s\n", daemon->app->name, err.text);
		return EX_CONFIG;
	}
	if (verb == DAEMON_CHECK) {
		printf("%s: the settings are fine\n", daemon->app->name);
		return EX_OK;
	}
	if (verb == DAEMON_DUMP) {
		daemon_dump(daemon);
		return EX_OK;
	}
	return daemon_live(daemon);
}

int daemon_run(const struct daemon_app *app, int argc, char **argv)
{
	struct daemon daemon = {.app = app};
	enum daemon_verb verb;

	environment_set();
	if (daemon_flags(app->name, argc, argv, &verb) < 0)
		return EX_USAGE;
	if (verb == DAEMON_HELP) {
		daemon_help(app);
		return EX_OK;
	}
	if (verb == DAEMON_VERSION) {
		daemon_version(app);
		return EX_OK;
	}
#ifdef HYBRIDHUB_FAILPOINTS
	if (verb == DAEMON_FAILPOINTS) {
		failpoint_list(stdout);
		return EX_OK;
	}
#endif

	process_close();
	daemon.settings = alloc_zero(app->settings_size > 0 ? app->settings_size : 1);
	int code = act(&daemon, verb);
	if (app->settings != NULL)
		setting_clear(app->settings, daemon.settings);
	setting_clear(daemon_rows, &daemon.common);
	alloc_free(&daemon.settings);
	return code;
}

struct event_base *daemon_base(struct daemon *daemon)
{
	return daemon->base;
}

struct log *daemon_log(struct daemon *daemon)
{
	return daemon->log;
}

const struct clock *daemon_clock(struct daemon *daemon)
{
	(void)daemon;
	return clock_system();
}

struct metrics *daemon_metrics(struct daemon *daemon)
{
	return daemon->metrics;
}

const struct daemon_settings *daemon_common(const struct daemon *daemon)
{
	return &daemon->common;
}
