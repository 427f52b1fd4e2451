/* daemon_flag.c - the four flags and what they print. See daemon_own.h. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <libpq-fe.h>
#include <openssl/crypto.h>

#include "common/sys/daemon_own.h"
#include "common/sys/version.h"

static const struct option flags[] = {
	{"help", no_argument, NULL, DAEMON_HELP},
	{"version", no_argument, NULL, DAEMON_VERSION},
	{"check-config", no_argument, NULL, DAEMON_CHECK},
	{"dump-config", no_argument, NULL, DAEMON_DUMP},
#ifdef HYBRIDHUB_FAILPOINTS
	{"failpoints", no_argument, NULL, DAEMON_FAILPOINTS},
#endif
	{NULL, 0, NULL, 0},
};

int daemon_flags(const char *name, int argc, char **argv, enum daemon_verb *verb_out)
{
	enum daemon_verb verb = DAEMON_RUN;
	int flag;

	optind = 1;
	while ((flag = getopt_long(argc, argv, "", flags, NULL)) != -1) {
		if (flag == '?') {
			fprintf(stderr, "Try: %s --help\n", name);
			return -EINVAL;
		}
		verb = (enum daemon_verb)flag;
	}
	if (optind < argc) {
		fprintf(stderr, "%s: takes no arguments, only flags: %s\nTry: %s --help\n", name,
			argv[optind], name);
		return -EINVAL;
	}
	*verb_out = verb;
	return 0;
}

static void print_allowed(const struct setting *row)
{
	if (row->kind == SETTING_INT)
		printf(" (%" PRId64 "..%" PRId64 ")", row->min, row->max);
	if (row->kind == SETTING_BOOL)
		printf(" (true, false)");
	if (row->kind != SETTING_CHOICE)
		return;
	for (size_t i = 0; row->choices[i] != NULL; i++)
		printf("%s%s", i == 0 ? " (" : ", ", row->choices[i]);
	printf(")");
}

static void print_rows(const struct setting rows[])
{
	for (const struct setting *row = rows; row->name != NULL; row++) {
		printf("  %s", row->name);
		if (row->fallback != NULL)
			printf("=%s", row->fallback);
		print_allowed(row);
		if ((row->flags & SETTING_REQUIRED) != 0)
			printf(" required");
		printf("\n        %s\n", row->help != NULL ? row->help : "");
		if ((row->flags & SETTING_SECRET) != 0)
			printf("        Secret: also by %s_FILE or a systemd credential of that "
			       "name.\n",
				row->name);
	}
}

void daemon_help(const struct daemon_app *app)
{
	printf("%s - %s\n\n"
	       "usage: %s [--help | --version | --check-config | --dump-config]\n",
		app->name, app->purpose, app->name);
	if (app->usage != NULL)
		app->usage(stdout);
	printf("\n"
	       "  --help           this page\n"
	       "  --version        versions, also of the libraries\n"
	       "  --check-config   reads the settings, says what is wrong with them, and ends\n"
	       "  --dump-config    prints the settings in force, secrets as ***, and ends\n\n"
	       "Runs in the foreground and logs to stderr. SIGTERM and SIGINT drain (a second one "
	       "ends\n"
	       "at once), SIGHUP reads the secret files again. Exit codes: 0 drained, 64 usage, 69 "
	       "the\n"
	       "schema does not fit, 70 internal, 78 a value that cannot be used.\n\n"
	       "Settings, from the environment (with their defaults):\n");
	print_rows(daemon_rows);
	if (app->settings != NULL)
		print_rows(app->settings);
}

void daemon_version(const struct daemon_app *app)
{
	int pq = PQlibVersion();

	printf("hybridhub %s %s (libpq %d.%d, libcurl %s, libevent %s, cJSON %s, %s)\n", app->name,
		HYBRIDHUB_VERSION, pq / 10000, pq % 10000,
		curl_version_info(CURLVERSION_NOW)->version, event_get_version(), cJSON_Version(),
		OpenSSL_version(OPENSSL_VERSION));
}

void daemon_dump(const struct daemon *daemon)
{
	setting_dump(daemon_rows, &daemon->common, stdout);
	if (daemon->app->settings != NULL)
		setting_dump(daemon->app->settings, daemon->settings, stdout);
}
