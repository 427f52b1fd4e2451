/* notice_text.c - see notice_text.h. */
#include "evald/notice_text.h"

#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "common/trading/reason.h"
#include "evald/notice.h"

#define NOTHING "Nothing was ordered."

/* How an order ended. The first row that fits is said. */
struct ending {
	const char *state;
	const char *reason;	    /* what its reason begins with; "" = any, also none */
	const char *words;	    /* in the broker's message; "" = any, also none */
	const char *before, *after; /* around the symbol */
	const char *
		why; /* NULL: the broker's words, else the reason's sentence; "" = enough was said */
	const char *advice;
};

/* clang-format off */
static const struct ending endings[] = {
	{"rejected", "BROKER_SUSPENDED", "", "The broker refused your ", " order", NULL,
		"Trading is suspended in the account's own settings at the broker and is resumed there; until then nothing is sent."},
	{"rejected", "BROKER_CREDENTIALS", "", "The broker refused your ", " order", NULL,
		"It does not take the server's keys any more: the operator must look, and nothing is sent until then."},
	{"rejected", "BROKER_REJECTED", "", "The broker took your ", " order and rejected it later", "",
		"The broker's own pages say why."},
	{"rejected", "", "wash trade", "The broker refused your ", " order", NULL,
		"Another open order on this account would trade with it: wait until that one is filled, or cancel it."},
	{"rejected", "", "insufficient buying power", "The broker refused your ", " order", NULL,
		"There is not enough free money on the account: add money, or order less."},
	{"rejected", "", "insufficient balance", "The broker refused your ", " order", NULL,
		"There is not enough free money on the account: add money, or order less."},
	{"rejected", "", "insufficient qty", "The broker refused your ", " order", NULL,
		"At the broker these shares are held for other open orders, or are gone: cancel those orders, or compare the position."},
	{"rejected", "", "not allowed to short", "The broker refused your ", " order", NULL,
		"At the broker there is nothing of it to sell: compare the position."},
	{"rejected", "", "not fractionable", "The broker refused your ", " order", NULL,
		"It is traded in whole shares only: give the rule a whole qty."},
	{"rejected", "", "minimal amount", "The broker refused your ", " order", NULL,
		"Give the rule a larger size."},
	{"rejected", "", "market is closed", "The broker refused your ", " order", NULL,
		"The rule may ask again when the market is open."},
	{"rejected", "", "", "The broker refused your ", " order", NULL, NOTHING},
	{"unresolved", "", "", "Your ", " order is not confirmed, and the broker does not show it; we keep looking", "",
		"Its amount stays counted. Look at the broker before you order the same by hand; the operator can close it."},
	{"blocked", "DRIFT", "", "Your ", " order was not sent", NULL, NOTHING " The rule may ask again later."},
	{"blocked", "HALTED", "", "Your ", " order was not sent", NULL, NOTHING " It goes on when whoever halted it resumes it."},
	{"blocked", "MARKET_CLOSED", "", "Your ", " order was not sent", NULL, NOTHING " The rule may ask again when the market is open."},
	{"blocked", "SIZE_TOO_SMALL", "", "Your ", " order was not sent",
		"you hold less than it would sell, or other open sales take it", NOTHING},
	{"blocked", "MAX_", "", "Your ", " order was not sent", NULL, NOTHING " The limit is one of your guardrails, or the operator's."},
	{"blocked", "BAD_ORDER", "", "Your ", " order was not sent", NULL, NOTHING " Its rule asks for what no broker takes: please change it."},
	{"blocked", "", "", "Your ", " order was not sent", NULL, NOTHING},
	{"expired", "BROKER_EXPIRED", "", "Your ", " order expired at the broker", "", "Its time was over before its price came."},
	{"expired", "", "", "Your yes to the ", " order ran out before it could be sent", "", NOTHING " The rule may ask again."},
	{"canceled", "BROKER_CANCELED", "", "Your ", " order was canceled at the broker", "", "The broker's own pages say why."},
	{"canceled", "", "", "Your ", " order was canceled", NULL, ""},
	{"quarantined", "", "", "Your ", " order needs a look by the operator", "",
		"The broker shows something else under its number; nothing is sent until the operator has looked."},
};

/* clang-format on */

static const struct ending *find_ending(const struct notice_due *due, const char *message)
{
	const char *reason = due->reason != NULL ? due->reason : "";

	for (size_t i = 0; i < LENGTH(endings); i++) {
		const struct ending *ending = &endings[i];

		if (strcmp(ending->state, due->state) == 0 &&
			strncmp(ending->reason, reason, strlen(ending->reason)) == 0 &&
			strcasestr(message, ending->words) != NULL)
			return ending;
	}
	return NULL;
}

/* `: why` where there is one. */
static char *why_of(const struct ending *ending, const char *reason, const char *message)
{
	enum reason known;

	if (ending->why != NULL)
		return ending->why[0] != '\0' ? alloc_print(": %s", ending->why) : alloc_text("");
	if (message[0] != '\0')
		return alloc_print(": %.300s", message);
	if (reason != NULL && reason_find(reason, &known) && known != REASON_NONE)
		return alloc_print(": %s", reason_sentence(known));
	return alloc_text("");
}

/* What was filled all the same. */
static char *filled_of(const struct notice_due *due)
{
	if (due->filled_qty == NULL || strcmp(due->filled_qty, "0") == 0)
		return alloc_text("");
	return alloc_print(" Until then %s %s was %s.", due->filled_qty, due->symbol,
		strcmp(due->side, "sell") == 0 ? "sold" : "bought");
}

char *notice_text(const struct notice_due *due)
{
	AUTO(json_free) cJSON *detail = NULL;
	struct json_fault fault;
	const char *message = NULL;

	if (due->detail != NULL &&
		json_parse(due->detail, strlen(due->detail), &detail, &fault) == 0)
		message = json_text(detail, "message");
	if (message == NULL)
		message = "";

	const struct ending *ending = find_ending(due, message);
	if (ending == NULL)
		return alloc_print("Your %s order is now %s.", due->symbol, due->state);

	AUTO(alloc_free) char *why = why_of(ending, due->reason, message);
	AUTO(alloc_free) char *filled = filled_of(due);
	return alloc_print("%s%s%s%s.%s%s%s", ending->before, due->symbol, ending->after, why,
		filled, ending->advice[0] != '\0' ? " " : "", ending->advice);
}
