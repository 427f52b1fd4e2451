/*
 * command_verify.c - tradectl verify: the guarantees tried against the operator's own schema and settings, in a scratch
 * database. Each with a positive control: the same check, with the guarantee taken away, must find a violation; otherwise
 * its `ok` would mean nothing. What they are is SQL: tradectl/verify/.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "tradectl/command_own.h"
#include "tradectl/command_text.h"
#include "tradectl/scratch_db.h"

enum {
	FAILED = 1, /* the exit code when a guarantee does not hold */
};

extern const char asset_tradectl_verify_stage_sql[], asset_tradectl_verify_promise_sql[],
	asset_tradectl_verify_limits_sql[], asset_tradectl_verify_fence_sql[],
	asset_tradectl_verify_record_sql[];

/* In this order. Each ends with a NUL. */
static const char *const scripts[] = {asset_tradectl_verify_stage_sql,
	asset_tradectl_verify_promise_sql, asset_tradectl_verify_limits_sql,
	asset_tradectl_verify_fence_sql, asset_tradectl_verify_record_sql};

struct guarantee {
	const char *name, *sentence;
	int sessions;
	bool may_not_apply;
};

struct tally {
	const struct command *command;
	cJSON *lines;
	int held, failed, aside;
};

static void tell(
	struct tally *tally, const struct guarantee *guarantee, const char *result, const char *why)
{
	FILE *out = tally->command->out;
	cJSON *line = cJSON_CreateObject();

	json_add_text(line, "guarantee", guarantee->name);
	json_add_text(line, "result", result);
	json_add_text(line, "what", guarantee->sentence);
	json_add_text(line, "why", why);
	cJSON_AddItemToArray(tally->lines, line);
	if (tally->command->args->json)
		return;

	fprintf(out, "%-14s  ", result);
	command_put_text(out, guarantee->sentence);
	if (why) {
		fputs(": ", out);
		command_put_text(out, why);
	}
	fputc('\n', out);
	fflush(out);
}

/* What the check finds, with the guarantee on or off. */
static int look(struct scratch *scratch, const struct guarantee *guarantee, bool off,
	char **found_out, struct err *err)
{
	const char *name = guarantee->name;
	AUTO(alloc_free) char *take = alloc_print("select verify.%s_off()", name);
	AUTO(alloc_free)
	char *check = alloc_print("select string_agg(x, '; ') from verify.%s() x", name);

	if (guarantee->sessions == 0)
		return scratch_try(scratch, off ? take : NULL, check, found_out, err);

	AUTO(alloc_free) char *stage = alloc_print("select verify.%s_stage()", name);
	AUTO(alloc_free) char *act = alloc_print("select verify.%s_session($1::int)", name);
	return scratch_race(
		scratch, off ? take : NULL, stage, act, guarantee->sessions, check, found_out, err);
}

static void fail(struct tally *tally, const struct guarantee *guarantee, const char *what,
	const char *detail)
{
	AUTO(alloc_free) char *why = alloc_print("%s%s%s", what, *detail ? ": " : "", detail);

	tally->failed++;
	tell(tally, guarantee, "FAIL", why);
}

static void verify(struct tally *tally, struct scratch *scratch, const struct guarantee *guarantee)
{
	AUTO(alloc_free) char *ask = alloc_print("select verify.%s_applies()", guarantee->name);
	AUTO(alloc_free) char *aside = NULL;
	AUTO(alloc_free) char *violated = NULL;
	AUTO(alloc_free) char *control = NULL;
	struct err err;

	if (guarantee->may_not_apply && scratch_try(scratch, NULL, ask, &aside, &err) < 0)
		return fail(tally, guarantee, "it could not be tried", err.text);
	if (aside) {
		tally->aside++;
		return tell(tally, guarantee, "does not apply", aside);
	}
	if (look(scratch, guarantee, false, &violated, &err) < 0)
		return fail(tally, guarantee, "it could not be tried", err.text);
	if (violated)
		return fail(tally, guarantee, violated, "");
	if (look(scratch, guarantee, true, &control, &err) < 0)
		return fail(tally, guarantee, "its control could not be tried", err.text);
	if (!control)
		return fail(tally, guarantee,
			"the check finds nothing even when the guarantee is taken away, so it "
			"proves nothing",
			"");
	tally->held++;
	tell(tally, guarantee, "ok", NULL);
}

/* Somebody wants to end; the scratch database is dropped first. */
static bool asked_to_end(void)
{
	sigset_t waiting;

	return sigpending(&waiting) == 0 &&
	       (sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGTERM) == 1 ||
		       sigismember(&waiting, SIGHUP) == 1);
}

static void signals_hold(void)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, NULL);
}

static int verify_all(struct tally *tally, struct scratch *scratch, struct err *err)
{
	enum {
		NAME,
		SENTENCE,
		SESSIONS,
		MAY_NOT,
		COLUMNS
	};

	char **values = NULL;
	size_t rows = 0;

	for (size_t i = 0; i < LENGTH(scripts); i++)
		if (scratch_run(scratch, scripts[i], err) < 0)
			return EX_SOFTWARE;
	if (scratch_rows(scratch,
		    "select name, sentence, sessions, to_regprocedure('verify.' || name || "
		    "'_applies()') "
		    "is not null from verify.guarantee order by place",
		    &values, &rows, COLUMNS, err) < 0)
		return EX_SOFTWARE;
	for (size_t i = 0; i < rows && !asked_to_end(); i++) {
		char **row = values + i * COLUMNS;
		verify(tally, scratch,
			&(struct guarantee){.name = row[NAME],
				.sentence = row[SENTENCE],
				.sessions = (int)strtol(row[SESSIONS], NULL, 10),
				.may_not_apply = row[MAY_NOT][0] == 't'});
	}
	scratch_rows_free(&values, rows * COLUMNS);
	return asked_to_end() ? EX_TEMPFAIL : EX_OK;
}

static void sum_up(const struct tally *tally, const char *account)
{
	FILE *out = tally->command->out;

	if (!tally->command->args->json) {
		fprintf(out, "%d hold, %d do not, %d do not apply (settings of account %s)\n",
			tally->held, tally->failed, tally->aside, account);
		return;
	}
	AUTO(json_free) cJSON *document = cJSON_CreateObject();
	cJSON_AddItemToObject(document, "guarantees", cJSON_Duplicate(tally->lines, true));
	cJSON_AddNumberToObject(document, "held", tally->held);
	cJSON_AddNumberToObject(document, "failed", tally->failed);
	cJSON_AddNumberToObject(document, "not_applicable", tally->aside);
	command_put_json(out, document);
}

static void say_why(const struct command *command, int code, const struct err *err)
{
	fputs("tradectl verify: ", stderr);
	command_put_text(stderr, err->text);
	fputc('\n', stderr);
	if (code == EX_NOPERM && !command->args->scratch)
		fputs("tradectl: what to do: name a role that may create databases on that server: "
		      "--scratch postgresql://ROLE@HOST/postgres; a database of its own is made "
		      "there and "
		      "dropped, no other is touched\n",
			stderr);
}

int command_verify(const struct command *command)
{
	const struct command_args *args = command->args;
	const char *account = args->account ? args->account : "paper";
	AUTO(scratch_free) struct scratch *scratch = NULL;
	AUTO(json_free) cJSON *lines = cJSON_CreateArray();
	struct tally tally = {.command = command, .lines = lines};
	struct err err = {""};

	signals_hold();
	int code = scratch_new(command->conninfo, args->scratch, account, &scratch, &err);
	if (code == EX_OK)
		code = verify_all(&tally, scratch, &err);
	if (code != EX_OK) {
		if (err.text[0] == '\0')
			(void)err_set(&err, 0, "ended before all was tried");
		say_why(command, code, &err);
		return code;
	}
	sum_up(&tally, account);
	return tally.failed > 0 ? FAILED : EX_OK;
}
