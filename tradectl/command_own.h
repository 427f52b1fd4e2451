/* command_own.h - what the files of command*.c share: each command, and what they have in common. */
#pragma once

#include "common/sys/attr.h"
#include "tradectl/command.h"

/* Asks a statement of command_db.h that answers with one JSON document and shows it: as sections, or as it is with
 * --json. The exit code. */
int command_show(const struct command *command, const char *statement, const char *const params[]);
int command_show_text(const struct command *command, const char *text);

/* The commands. Each returns its exit code and has said why it is not 0. */
int command_halt(const struct command *command);
int command_resume(const struct command *command);
int command_status(const struct command *command);
int command_orders(const struct command *command);
int command_explain(const struct command *command);
int command_reconcile(const struct command *command);
int command_resolve(const struct command *command);
int command_acknowledge(const struct command *command);
int command_verify(const struct command *command);
int command_venue_check(const struct command *command);
