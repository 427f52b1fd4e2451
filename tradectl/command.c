/* command.c - from the command line to the command. See command.h. */
#include "tradectl/command.h"

#include <getopt.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/pg.h"
#include "tradectl/command_db.h"
#include "tradectl/command_own.h"
#include "tradectl/command_text.h"

enum option_name {
	OPTION_ACCOUNT,
	OPTION_USER,
	OPTION_LEVEL,
	OPTION_REASON,
	OPTION_STATE,
	OPTION_LIMIT,
	OPTION_AS,
	OPTION_EVIDENCE,
	OPTION_SCRATCH,
	OPTION_AGAIN,
	OPTION_JSON,
	OPTION_HELP,
};

#define MAY(name) (1u << OPTION_##name)

static const struct option options[] = {
	{"account", required_argument, NULL, OPTION_ACCOUNT},
	{"user", required_argument, NULL, OPTION_USER},
	{"level", required_argument, NULL, OPTION_LEVEL},
	{"reason", required_argument, NULL, OPTION_REASON},
	{"state", required_argument, NULL, OPTION_STATE},
	{"limit", required_argument, NULL, OPTION_LIMIT},
	{"as", required_argument, NULL, OPTION_AS},
	{"evidence", required_argument, NULL, OPTION_EVIDENCE},
	{"scratch", required_argument, NULL, OPTION_SCRATCH},
	{"again", no_argument, NULL, OPTION_AGAIN},
	{"json", no_argument, NULL, OPTION_JSON},
	{"help", no_argument, NULL, OPTION_HELP},
	{NULL, 0, NULL, 0},
};

/* clang-format off */
static const struct verb {
	const char *name, *synopsis, *purpose;
	unsigned options;
	bool order; /* takes an operand: an order, or what is acknowledged */
	int (*run)(const struct command *command);
} verbs[] = {
	{"halt", "[--account A | --user U] [--level reducing|halted] --reason TEXT",
		"stops orders; without a scope all of them",
		MAY(ACCOUNT) | MAY(USER) | MAY(LEVEL) | MAY(REASON) | MAY(JSON), false, command_halt},
	{"resume", "[--account A | --user U] [--level reducing] --reason TEXT",
		"lifts that halt, and says what still holds",
		MAY(ACCOUNT) | MAY(USER) | MAY(LEVEL) | MAY(REASON) | MAY(JSON), false, command_resume},
	{"status", "[--json]", "accounts, halts, orders by state, what is unclear",
		MAY(JSON), false, command_status},
	{"orders", "[--state S] [--user U] [--limit N] [--json]", "the newest orders",
		MAY(STATE) | MAY(USER) | MAY(LIMIT) | MAY(JSON), false, command_orders},
	{"explain", "ORDER [--json]", "one order, from the question's evidence to its fills",
		MAY(JSON), true, command_explain},
	{"reconcile", "[--account A] [--reason TEXT]", "has every open order asked for at the broker now, and waits",
		MAY(ACCOUNT) | MAY(REASON) | MAY(JSON), false, command_reconcile},
	{"resolve", "ORDER --as rejected|accepted --evidence TEXT", "closes or releases an order that only a person can judge",
		MAY(AS) | MAY(EVIDENCE) | MAY(JSON), true, command_resolve},
	{"acknowledge", "ORPHAN|SYMBOL [--account A] --reason TEXT", "lets an orphan, or a ledger that differs, stand: alarmed no more, counted on",
		MAY(ACCOUNT) | MAY(REASON) | MAY(JSON), true, command_acknowledge},
	{"verify", "[--account A] [--scratch URL] [--json]",
		"tries the guarantees on a scratch database with this schema and these settings",
		MAY(ACCOUNT) | MAY(SCRATCH) | MAY(JSON), false, command_verify},
	{"venue-check", "[--again] [--json]",
		"buys 1 USD of SPY on paper and tries whether the broker refuses its id a second time",
		MAY(AGAIN) | MAY(JSON), false, command_venue_check},
};

/* clang-format on */

void command_list(FILE *out)
{
	fputs("       tradectl COMMAND ...\n\n"
	      "Commands, for the operator (DATABASE_URL of role hybridhub_operator):\n",
		out);
	for (size_t i = 0; i < LENGTH(verbs); i++)
		fprintf(out, "  %s %s\n        %s\n", verbs[i].name, verbs[i].synopsis,
			verbs[i].purpose);
}

static int usage(const struct verb *verb)
{
	fprintf(stderr, "usage: tradectl %s %s\n", verb->name, verb->synopsis);
	return EX_USAGE;
}

static void help(const struct verb *verb)
{
	printf("usage: tradectl %s %s\n  %s\n", verb->name, verb->synopsis, verb->purpose);
}

static void take(struct command_args *args, enum option_name option, const char *value)
{
	const char **places[] = {[OPTION_ACCOUNT] = &args->account,
		[OPTION_USER] = &args->user,
		[OPTION_LEVEL] = &args->level,
		[OPTION_REASON] = &args->reason,
		[OPTION_STATE] = &args->state,
		[OPTION_LIMIT] = &args->limit,
		[OPTION_AS] = &args->as,
		[OPTION_EVIDENCE] = &args->evidence,
		[OPTION_SCRATCH] = &args->scratch};

	if (option == OPTION_JSON)
		args->json = true;
	else if (option == OPTION_HELP)
		args->help = true;
	else if (option == OPTION_AGAIN)
		args->again = true;
	else
		*places[option] = value;
}

static int read_args(const struct verb *verb, int argc, char **argv, struct command_args *args)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?' || ((verb->options | MAY(HELP)) & (1u << option)) == 0) {
			if (option != '?')
				fprintf(stderr, "tradectl %s: --%s has no meaning here\n",
					verb->name, options[option].name);
			return usage(verb);
		}
		take(args, (enum option_name)option, optarg);
	}
	if (args->help)
		return EX_OK;
	if (argc - optind != (verb->order ? 1 : 0))
		return usage(verb);
	if (verb->order)
		args->order = argv[optind];
	return EX_OK;
}

/* Whom the operating system knows; under sudo also who came through it. */
static char *os_user(void)
{
	const struct passwd *entry = getpwuid(geteuid());
	const char *sudo = getenv("SUDO_USER");
	AUTO(alloc_free)
	char *name = entry ? alloc_text(entry->pw_name) : alloc_print("uid %ld", (long)geteuid());

	if (sudo && *sudo && strcmp(sudo, name) != 0)
		return alloc_print("%s, by sudo of %.100s", name, sudo);
	return alloc_text(name);
}

static int run(const struct verb *verb, const struct command_args *args)
{
	const char *url = getenv("DATABASE_URL");
	AUTO(command_db_close) struct command_db *db = NULL;
	AUTO(alloc_free) char *user = os_user();

	if (!url || !*url || !pg_conninfo_fits(url)) {
		fprintf(stderr,
			"tradectl: DATABASE_URL %s; it names the database as role "
			"hybridhub_operator, say postgresql://hybridhub_operator@/hybridhub\n",
			url && *url ? "cannot be read by libpq" : "is not set");
		return EX_CONFIG;
	}
	int code = command_db_open(url, &db);
	if (code != EX_OK)
		return code;

	const struct command command = {
		.args = args, .db = db, .conninfo = url, .os_user = user, .out = stdout};
	code = verb->run(&command);
	if (fflush(stdout) != 0 && code == EX_OK)
		code = EX_IOERR;
	return code;
}

int command_run(int argc, char **argv)
{
	struct command_args args = {0};

	for (size_t i = 0; i < LENGTH(verbs); i++) {
		if (strcmp(argv[0], verbs[i].name) != 0)
			continue;

		int code = read_args(&verbs[i], argc, argv, &args);
		if (code != EX_OK)
			return code;
		if (!args.help)
			return run(&verbs[i], &args);
		help(&verbs[i]);
		return EX_OK;
	}
	fputs("tradectl: ", stderr);
	command_put_text(stderr, argv[0]);
	fputs(" is no command; without one tradectl is the daemon. Try: tradectl --help\n", stderr);
	return EX_USAGE;
}

int command_show(const struct command *command, const char *statement, const char *const params[])
{
	AUTO(alloc_free) char *text = NULL;

	int code = command_db_ask(command->db, statement, params, &text);
	return code != EX_OK ? code : command_show_text(command, text);
}

int command_show_text(const struct command *command, const char *text)
{
	AUTO(json_free) cJSON *document = NULL;
	struct json_fault fault;

	if (json_parse(text, strlen(text), &document, &fault) < 0) {
		fprintf(stderr, "tradectl: the database's answer cannot be shown: %s\n",
			fault.text);
		return EX_SOFTWARE;
	}
	if (command->args->json)
		command_put_json(command->out, document);
	else
		command_put_sections(command->out, document);
	return EX_OK;
}
