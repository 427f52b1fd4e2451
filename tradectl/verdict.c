/* verdict.c - see verdict.h. */
#include "tradectl/verdict.h"

#include <stddef.h>

/* The statuses by which the broker says no to one order; with its envelope only: a gateway's page is no judgement. */
static bool is_refusal(const struct reply *reply)
{
	switch (reply->status) {
	case 400:
	case 403:
	case 404:
	case 422:
		return reply->error.envelope;
	default:
		return false;
	}
}

static bool is_order(const struct reply *reply)
{
	return (reply->status == 200 || reply->status == 201) && reply->order;
}

enum verdict verdict_of_post(const struct reply *reply, int attempt)
{
	if (!reply->sent)
		return VERDICT_NOT_SENT;
	if (!reply->complete)
		return VERDICT_UNKNOWN;
	if (is_order(reply))
		return reply->differs ? VERDICT_QUARANTINED : VERDICT_ACCEPTED;
	if (alpaca_error_is_credentials(reply->status, &reply->error))
		return VERDICT_CREDENTIALS;
	if (reply->status == 429 && attempt <= VERDICT_THROTTLED_TRIES)
		return VERDICT_THROTTLED;
	if (alpaca_error_is_used_id(reply->status, &reply->error))
		return VERDICT_USED_ID;
	if (is_refusal(reply) && attempt == 1)
		return VERDICT_REFUSED;
	return VERDICT_UNKNOWN;
}

bool verdict_needs_lookup(enum verdict verdict)
{
	return verdict == VERDICT_REFUSED || verdict == VERDICT_USED_ID ||
	       verdict == VERDICT_CREDENTIALS || verdict == VERDICT_THROTTLED;
}

enum lookup lookup_of_reply(const struct reply *reply)
{
	if (!reply->complete)
		return LOOKUP_SILENT;
	if (is_order(reply))
		return reply->differs ? LOOKUP_DIFFERS : LOOKUP_FOUND;
	if (reply->status == 404 && reply->error.envelope)
		return LOOKUP_ABSENT;
	if (alpaca_error_is_credentials(reply->status, &reply->error))
		return LOOKUP_CREDENTIALS;
	if (reply->status == 429)
		return LOOKUP_THROTTLED;
	return LOOKUP_SILENT;
}

enum verdict verdict_after_lookup(enum verdict leaning, enum lookup lookup)
{
	switch (lookup) {
	case LOOKUP_FOUND:
		return VERDICT_ACCEPTED;
	case LOOKUP_DIFFERS:
		return VERDICT_QUARANTINED;
	case LOOKUP_ABSENT:
		/* It contradicts itself: its lookup may lag behind. */
		return leaning == VERDICT_USED_ID ? VERDICT_UNKNOWN : leaning;
	case LOOKUP_CREDENTIALS:
		/* Keys that may not even look cannot have ordered. */
		return leaning == VERDICT_CREDENTIALS ? leaning : VERDICT_UNKNOWN;
	case LOOKUP_THROTTLED:
	case LOOKUP_SILENT:
		return VERDICT_UNKNOWN;
	}
	return VERDICT_UNKNOWN;
}
