/* question_id.c - what a question's id is made of. */
#include <inttypes.h>
#include <stdio.h>

#include "common/trading/question_id.h"

struct uuid question_id(
	const char *uid, const char *rule_id, const char *symbol, struct wall as_of, int attempt)
{
	char as_of_text[24], attempt_text[16];
	const char *fields[] = {uid, rule_id, symbol, as_of_text, attempt_text};

	snprintf(as_of_text, sizeof(as_of_text), "%" PRId64, as_of.us);
	snprintf(attempt_text, sizeof(attempt_text), "%d", attempt);
	return uuid_of_name(fields, LENGTH(fields));
}

struct uuid notice_id(const char *uid, const char *subject, const char *state)
{
	const char *fields[] = {uid, "notice", subject, state};

	return uuid_of_name(fields, LENGTH(fields));
}
