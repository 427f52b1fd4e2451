/*
 * command.h - the operator's hand: `tradectl COMMAND ...`. Each is a short-lived program of its own, not the daemon: it
 * blocks on one session, says what it did, and ends with a sysexits code. DATABASE_URL is that of role hybridhub_operator.
 * venue-check also reads the daemon's settings of the broker.
 *
 *   0 done   1 a guarantee failed (verify, venue-check)   64 usage   65 refused: what was asked for cannot be   69 the schema is not this
 *   release's   70 internal   75 not now: the database is away, or nobody did it in time   77 the role may not   78 DATABASE_URL
 *
 * What changes something is one SQL function that also writes operator_actions: who (the operating system's user and the
 * role) and why.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct command_db;

/* What a command line may say; NULL where it says nothing. */
struct command_args {
	const char *account, *user, *level, *reason, *state, *limit, *as, *evidence, *scratch;
	const char *order; /* the operand: an order, or what is acknowledged */
	bool json, help, again;
};

/* What a command works with. */
struct command {
	const struct command_args *args;
	struct command_db *db;
	const char *conninfo; /* DATABASE_URL */
	const char *os_user;  /* who runs it, for operator_actions */
	FILE *out;
};

/* argv[0] is the command's own name. The exit code. */
int command_run(int argc, char **argv);
/* For --help: a line a command. */
void command_list(FILE *out);
