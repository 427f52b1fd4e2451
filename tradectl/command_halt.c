/* command_halt.c - tradectl halt and resume: one switch, by hand. */
#include <string.h>
#include <sysexits.h>

#include "tradectl/command_own.h"

static int scope_of(const struct command_args *args, const char **scope_out, const char **key_out)
{
	if (args->account && args->user) {
		fputs("tradectl: --account or --user, not both: they are two switches\n", stderr);
		return EX_USAGE;
	}
	*scope_out = args->account ? "account" : args->user ? "user" : "global";
	*key_out = args->account ? args->account : args->user ? args->user : "";
	return EX_OK;
}

static int change(const struct command *command, const char *verb, const char *level)
{
	const struct command_args *args = command->args;
	const char *scope, *key;

	int code = scope_of(args, &scope, &key);
	if (code != EX_OK)
		return code;
	if (!args->reason || !*args->reason) {
		fprintf(stderr, "tradectl %s: --reason TEXT is needed; it is recorded\n", verb);
		return EX_USAGE;
	}
	return command_show(command, "halt",
		(const char *const[]){command->os_user, verb, scope, key, level, args->reason});
}

int command_halt(const struct command *command)
{
	const char *level = command->args->level ? command->args->level : "halted";

	if (strcmp(level, "halted") != 0 && strcmp(level, "reducing") != 0) {
		fputs("tradectl halt: --level is reducing (sells go on) or halted (nothing is "
		      "sent)\n",
			stderr);
		return EX_USAGE;
	}
	return change(command, "halt", level);
}

int command_resume(const struct command *command)
{
	const char *level = command->args->level ? command->args->level : "active";

	if (strcmp(level, "active") != 0 && strcmp(level, "reducing") != 0) {
		fputs("tradectl resume: --level is active (the default) or reducing (sells "
		      "only)\n",
			stderr);
		return EX_USAGE;
	}
	return change(command, "resume", level);
}
