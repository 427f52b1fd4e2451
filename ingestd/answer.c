/* answer.c - see answer.h. */
#include "ingestd/answer.h"

#include <stdio.h>
#include <string.h>

#include "common/alpaca/error.h"

const char *answer_kind_text(enum answer_kind kind)
{
	switch (kind) {
	case ANSWER_OK:
		return "ok";
	case ANSWER_BAD_SYMBOL:
		return "bad_symbol";
	case ANSWER_DENIED:
		return "denied";
	case ANSWER_THROTTLED:
		return "throttled";
	case ANSWER_REFUSED:
		return "refused";
	case ANSWER_FAILED:
		return "failed";
	}
	return "failed";
}

static enum answer_kind kind_of_status(long status)
{
	if (status == 200)
		return ANSWER_OK;
	if (status == 401 || status == 403)
		return ANSWER_DENIED;
	if (status == 429)
		return ANSWER_THROTTLED;
	if (status == 0 || status >= 500)
		return ANSWER_FAILED;
	return ANSWER_REFUSED;
}

/* The host's message when the body is its envelope, else the status alone: a page of HTML explains nothing. */
static void read_message(long status, const char *body, size_t length, struct answer *out)
{
	struct alpaca_error error;

	alpaca_error_read(body, length, &error);
	if (error.envelope)
		snprintf(out->message, sizeof(out->message), "HTTP %ld: %.180s", status,
			error.message);
	else
		snprintf(out->message, sizeof(out->message), "HTTP %ld without a JSON message",
			status);
}

/* `invalid symbol: SAAB-B.ST`, `invalid symbol: BTCUSD does not match ^[A-Z]+x?/[A-Z]+$`: the first offender only. */
static bool read_bad_symbol(struct answer *out)
{
	static const char words[] = "invalid symbol: ";
	const char *at = strstr(out->message, words);
	if (at == NULL)
		return false;
	at += strlen(words);

	size_t length = strcspn(at, " ,\"");
	if (length == 0 || length >= sizeof(out->symbol))
		return false;
	memcpy(out->symbol, at, length);
	out->symbol[length] = '\0';
	return true;
}

void answer_read(
	long status, const char *body, size_t length, const char *error, struct answer *out)
{
	*out = (struct answer){.kind = kind_of_status(status)};
	if (out->kind == ANSWER_OK)
		return;
	if (status == 0) {
		snprintf(out->message, sizeof(out->message), "%s",
			error != NULL ? error : "no answer");
		return;
	}
	read_message(status, body, length, out);
	if (status == 400 && read_bad_symbol(out))
		out->kind = ANSWER_BAD_SYMBOL;
}
