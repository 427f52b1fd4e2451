/* command_resolve.c - tradectl resolve: an order that only a person can judge, on evidence. */
#include <string.h>
#include <sysexits.h>

#include "tradectl/command_own.h"

int command_resolve(const struct command *command)
{
	const struct command_args *args = command->args;

	if (!args->as || (strcmp(args->as, "rejected") != 0 && strcmp(args->as, "accepted") != 0)) {
		fputs("tradectl resolve: --as rejected or --as accepted is needed\n", stderr);
		return EX_USAGE;
	}
	if (!args->evidence || !*args->evidence) {
		fputs("tradectl resolve: --evidence TEXT is needed: what you saw, and where; it is "
		      "recorded\n",
			stderr);
		return EX_USAGE;
	}
	return command_show(command, "resolve",
		(const char *const[]){command->os_user, args->order, args->as, args->evidence});
}
