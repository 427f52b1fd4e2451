/* command_reconcile.c - tradectl reconcile: the daemon asks the broker for every open order now; waits for it. */
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "common/sys/alloc.h"
#include "common/sys/clock.h"
#include "common/sys/json.h"
#include "tradectl/command_db.h"
#include "tradectl/command_own.h"

enum {
	WAIT_SEC = 30,
	LOOK_EVERY_MS = 250,
};

static bool is_done(const char *text)
{
	AUTO(json_free) cJSON *document = NULL;

	return json_parse(text, strlen(text), &document, NULL) == 0 &&
	       cJSON_IsTrue(json_member(document, "done"));
}

static int unasked(const char *text)
{
	AUTO(json_free) cJSON *document = NULL;

	return json_parse(text, strlen(text), &document, NULL) == 0
		       ? cJSON_GetArraySize(json_member(document, "unasked"))
		       : 0;
}

/* EX_OK with the last answer in *text_out, whether it is done or not. */
static int wait_for(const struct command *command, char **text_out)
{
	const char *const params[] = {command->args->account};
	const struct clock *clock = clock_system();
	struct mono give_up = mono_add(clock_mono(clock), span_sec(WAIT_SEC));

	for (;;) {
		alloc_free(text_out);
		int code = command_db_ask(command->db, "reconciled", params, text_out);
		if (code != EX_OK)
			return code;
		if (is_done(*text_out) || mono_reached(give_up, clock_mono(clock)))
			return EX_OK;
		nanosleep(&(struct timespec){.tv_nsec = LOOK_EVERY_MS * 1000000L}, NULL);
	}
}

int command_reconcile(const struct command *command)
{
	const struct command_args *args = command->args;
	const char *reason = args->reason ? args->reason : "asked for by hand";
	AUTO(alloc_free) char *asked = NULL;
	AUTO(alloc_free) char *text = NULL;

	int code = command_db_ask(command->db, "reconcile",
		(const char *const[]){command->os_user, args->account, reason}, &asked);
	if (code == EX_OK)
		code = wait_for(command, &text);
	if (code == EX_OK)
		code = command_show_text(command, text);
	if (code != EX_OK)
		return code;
	if (is_done(text) && unasked(text) == 0)
		return EX_OK;
	if (is_done(text)) {
		fprintf(stderr,
			"tradectl: not all could be asked for: of what stands under `unasked` "
			"nothing is known now. It stays counted, the daemon goes on asking; run "
			"this again to see\n");
		return EX_TEMPFAIL;
	}

	fprintf(stderr,
		"tradectl: not reconciled within %d s; it goes on. `tradectl status` says what it "
		"waits for, and when it is\n",
		WAIT_SEC);
	return EX_TEMPFAIL;
}
