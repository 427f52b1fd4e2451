/* command_look.c - tradectl status, orders, explain: they change nothing. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "tradectl/command_own.h"

int command_status(const struct command *command)
{
	return command_show(command, "status", NULL);
}

int command_orders(const struct command *command)
{
	const struct command_args *args = command->args;
	const char *limit = args->limit ? args->limit : "20";

	if (!*limit || strspn(limit, "0123456789") != strlen(limit) || strlen(limit) > 6) {
		fputs("tradectl orders: --limit is a number, 1 to 1000\n", stderr);
		return EX_USAGE;
	}
	return command_show(
		command, "orders", (const char *const[]){args->state, args->user, limit});
}

int command_explain(const struct command *command)
{
	return command_show(command, "explain", (const char *const[]){command->args->order});
}
