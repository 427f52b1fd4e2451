/* command_acknowledge.c - tradectl acknowledge: an orphan, or a ledger that differs, is looked into and let stand. */
#include <sysexits.h>

#include "tradectl/command_own.h"

int command_acknowledge(const struct command *command)
{
	const struct command_args *args = command->args;

	if (!args->reason || !*args->reason) {
		fputs("tradectl acknowledge: --reason TEXT is needed: what it is, and how you "
		      "know; it is recorded\n",
			stderr);
		return EX_USAGE;
	}
	return command_show(command, "acknowledge",
		(const char *const[]){command->os_user, args->order, args->account, args->reason});
}
