/*
 * command_venue.c - tradectl venue-check: does the broker refuse an id that a filled order had? Sending an unknown order
 * again (broker_account.resubmit) rests on nothing else. The smallest order is bought on paper, and its id is sent once more.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "common/sys/alloc.h"
#include "common/sys/json_add.h"
#include "common/sys/must.h"
#include "tradectl/account.h"
#include "tradectl/body.h"
#include "tradectl/command_db.h"
#include "tradectl/command_own.h"
#include "tradectl/command_text.h"
#include "tradectl/venue.h"

enum {
	FILL_SEC = 60,
	LOOK_EVERY_MS = 250,
	PATH = 256,
	EXIT_FAIL = 1,
};

struct check {
	const struct command *command;
	struct venue *venue;
	char number[ACCOUNT_NUMBER];
	char id[TERMS_ID];
	bool again;
	char *body;
	char *order; /* the broker's own id of the first order, NULL with --again */
};

static void say(const char *what, const char *text)
{
	fprintf(stderr, "tradectl venue-check: %s%s", what, *text ? ": " : "\n");
	if (*text) {
		command_put_text(stderr, text);
		fputc('\n', stderr);
	}
}

/* 0 and the document of a 200, or an exit code. */
static int read_from(struct check *check, const char *path, const char *what, cJSON **document_out)
{
	struct venue_answer answer;
	int code = EX_OK;

	venue_ask(check->venue, "GET", path, NULL, &answer);
	if (!answer.reply.complete || answer.reply.status != 200 ||
		json_parse(answer.body, strlen(answer.body), document_out, NULL) < 0) {
		code = alpaca_error_is_credentials(answer.reply.status, &answer.reply.error)
			       ? EX_CONFIG
			       : EX_TEMPFAIL;
		say(what, answer.error);
	}
	venue_answer_clear(&answer);
	return code;
}

static int read_account(struct check *check)
{
	AUTO(json_free) cJSON *account = NULL;
	int code = read_from(check, "/v2/account", "the account cannot be read", &account);

	if (code != EX_OK)
		return code;
	const char *number = json_text(account, "account_number");
	if (!number || !*number || strlen(number) >= ACCOUNT_NUMBER) {
		say("the account has no usable number", "");
		return EX_TEMPFAIL;
	}
	snprintf(check->number, sizeof(check->number), "%s", number);
	return EX_OK;
}

/* Only a filled order's id is worth asking about, and a market order fills while the market is open. */
static int check_open(struct check *check)
{
	AUTO(json_free) cJSON *clock = NULL;
	int code = read_from(check, "/v2/clock", "the broker's clock cannot be read", &clock);

	if (code != EX_OK || cJSON_IsTrue(json_member(clock, "is_open")))
		return code;
	say("the market is closed, so nothing fills now, and an order that is canceled again "
	    "proves nothing about the id of a filled one. Nothing was sent. Run it when the "
	    "market is open; it opens next",
		json_text(clock, "next_open") ? json_text(clock, "next_open")
					      : "as the calendar says");
	return EX_TEMPFAIL;
}

static int record(struct check *check, const char *result, const cJSON *detail, char **text_out)
{
	AUTO(alloc_free) char *text = detail ? json_print(detail) : alloc_text("{}");

	return command_db_ask(check->command->db, "venue_check",
		(const char *const[]){check->command->os_user, "paper",
			account_number_tail(check->number), check->id, check->again ? "t" : "f",
			result, text},
		text_out);
}

/* The answer is the check's end: shown, and told by the exit code. */
static int finish(struct check *check, const char *result, const cJSON *detail, int code)
{
	AUTO(alloc_free) char *text = NULL;
	int recorded = record(check, result, detail, &text);

	if (recorded == EX_OK)
		recorded = command_show_text(check->command, text);
	if (recorded != EX_OK)
		say("what came of it could not be recorded; it stays `begun`, which counts as not "
		    "passed",
			result);
	return code != EX_OK ? code : recorded;
}

static int unclear(struct check *check, const char *what, const char *why)
{
	AUTO(json_free) cJSON *detail = cJSON_CreateObject();

	json_add_text(detail, "what", what);
	json_add_text(detail, "why", why);
	json_add_text(detail, "order", check->order);
	say(what, why);
	return finish(check, "unclear", detail, EX_TEMPFAIL);
}

static void make_body(struct check *check)
{
	const struct terms terms = {.symbol = "SPY",
		.side = "buy",
		.order_type = "market",
		.time_in_force = "day",
		.has_notional = true,
		.notional = {DECIMAL_ONE}};
	struct terms ours = terms;
	struct err err;

	snprintf(ours.client_order_id, sizeof(ours.client_order_id), "%s", check->id);
	must(body_of_order(&ours, &check->body, &err) == 0);
}

static void new_id(struct check *check)
{
	char text[UUID_TEXT];
	size_t length = 0;

	uuid_write(uuid_random(), text);
	length = (size_t)snprintf(check->id, sizeof(check->id), "vc-");
	for (const char *c = text; *c; c++)
		if (*c != '-')
			check->id[length++] = *c;
	check->id[length] = '\0';
}

/* Until the order under our id is filled; status_out is the broker's last word about it. */
static bool wait_filled(struct check *check, char status_out[static TERMS_ID])
{
	char path[PATH];
	const struct clock *clock = clock_system();
	struct mono give_up = mono_add(clock_mono(clock), span_sec(FILL_SEC));

	snprintf(path, sizeof(path), "/v2/orders:by_client_order_id?client_order_id=%s", check->id);
	do {
		struct venue_answer answer;
		AUTO(json_free) cJSON *order = NULL;

		venue_ask(check->venue, "GET", path, NULL, &answer);
		if (answer.reply.order &&
			json_parse(answer.body, strlen(answer.body), &order, NULL) == 0) {
			snprintf(status_out, TERMS_ID, "%s", json_text(order, "status"));
			if (!check->order)
				check->order = alloc_text(json_text(order, "id"));
		}
		venue_answer_clear(&answer);
		if (strcmp(status_out, "filled") == 0)
			return true;
		nanosleep(&(struct timespec){.tv_nsec = LOOK_EVERY_MS * 1000000L}, NULL);
	} while (!mono_reached(give_up, clock_mono(clock)));
	return false;
}

/* The first order; whatever its own answer was, only the order itself, filled, counts. */
static int buy(struct check *check)
{
	struct venue_answer answer;
	char status[TERMS_ID] = "it is not there";
	AUTO(alloc_free) char *begun = NULL;

	int code = record(check, "begun", NULL, &begun);
	if (code != EX_OK)
		return code;
	venue_ask(check->venue, "POST", "/v2/orders", check->body, &answer);
	bool refused =
		answer.reply.complete && answer.reply.status >= 400 && answer.reply.status <= 499;
	if (refused)
		code = unclear(check, "the order itself was refused", answer.error);
	venue_answer_clear(&answer);
	if (refused || wait_filled(check, status))
		return code;
	return unclear(check,
		"the order is not filled after a minute; look at it in the account, cancel it "
		"there, "
		"and run the check again. Its state",
		status);
}

/* A second order must not stay. What can no longer be canceled has filled: 1 USD of paper. */
static void cancel(struct check *check, const char *order, cJSON *detail)
{
	struct venue_answer answer;
	char path[PATH];

	AUTO(alloc_free) char *escaped = http_escape(order);
	snprintf(path, sizeof(path), "/v2/orders/%.200s", escaped);
	venue_ask(check->venue, "DELETE", path, NULL, &answer);
	bool heard = answer.reply.complete && answer.reply.status <= 299;
	json_add_text(detail, "cancel", heard ? "asked for" : answer.error);
	say(heard ? "its cancel was asked for; look whether it has filled before that"
		  : "it could not be canceled; it has probably filled: sell it by hand",
		order);
	venue_answer_clear(&answer);
}

static int failed(struct check *check, const struct venue_answer *answer)
{
	AUTO(json_free) cJSON *detail = cJSON_CreateObject();
	AUTO(json_free) cJSON *order = NULL;
	const char *second = NULL;

	if (json_parse(answer->body, strlen(answer->body), &order, NULL) == 0)
		second = json_text(order, "id");
	fprintf(stderr,
		"tradectl venue-check: FAIL: the broker took a second order under the id of a "
		"filled one. Nothing may ever be sent again there: leave broker_account.resubmit "
		"at never\n");
	json_add_integer(detail, "http_status", answer->reply.status);
	json_add_text(detail, "order", check->order);
	json_add_text(detail, "second_order", second);
	if (!second)
		say("its answer names no order; look at the account", check->id);
	else if (check->order && strcmp(second, check->order) == 0)
		json_add_text(detail, "cancel", "not asked for: it is the first order");
	else
		cancel(check, second, detail);
	return finish(check, "failed", detail, EXIT_FAIL);
}

static int passed(struct check *check, const struct venue_answer *answer)
{
	AUTO(json_free) cJSON *detail = cJSON_CreateObject();

	json_add_integer(detail, "http_status", answer->reply.status);
	json_add_text(detail, "message", answer->reply.error.message);
	json_add_text(detail, "order", check->order);
	return finish(check, "passed", detail, EX_OK);
}

static int send_used(struct check *check)
{
	struct venue_answer answer;
	int code;

	venue_ask(check->venue, "POST", "/v2/orders", check->body, &answer);
	switch (venue_judge(&answer.reply)) {
	case VENUE_REFUSED:
		code = passed(check, &answer);
		break;
	case VENUE_ACCEPTED:
		code = failed(check, &answer);
		break;
	case VENUE_UNCLEAR:
	default:
		code = unclear(check,
			"the used id was neither refused for its own sake nor accepted: that "
			"proves "
			"nothing. Look at the account for a second order, and run the check again",
			answer.error);
	}
	venue_answer_clear(&answer);
	return code;
}

static int whole(struct check *check)
{
	int code = check_open(check);

	if (code != EX_OK)
		return code;
	new_id(check);
	make_body(check);
	code = buy(check);
	return code != EX_OK ? code : send_used(check);
}

static int once_more(struct check *check)
{
	AUTO(alloc_free) char *text = NULL;
	AUTO(alloc_free) char *begun = NULL;
	AUTO(json_free) cJSON *last = NULL;

	int code = command_db_ask(
		check->command->db, "venue_again", (const char *const[]){"paper"}, &text);
	if (code != EX_OK)
		return code;
	if (json_parse(text, strlen(text), &last, NULL) < 0)
		return EX_SOFTWARE;
	if (strcmp(json_text(last, "ends_in"), account_number_tail(check->number)) != 0) {
		say("the keys open another account than the last check's, where nobody has used "
		    "that id; it ends in",
			json_text(last, "ends_in"));
		return EX_DATAERR;
	}
	snprintf(check->id, sizeof(check->id), "%s", json_text(last, "client_order_id"));
	make_body(check);
	code = record(check, "begun", NULL, &begun);
	return code != EX_OK ? code : send_used(check);
}

int command_venue_check(const struct command *command)
{
	struct check check = {.command = command, .again = command->args->again};
	struct err err;

	if (venue_new(&check.venue, &err) < 0) {
		say("refused", err.text);
		return EX_CONFIG;
	}
	int code = read_account(&check);
	if (code == EX_OK)
		code = check.again ? once_more(&check) : whole(&check);
	alloc_free(&check.body);
	alloc_free(&check.order);
	venue_free(&check.venue);
	return code;
}
