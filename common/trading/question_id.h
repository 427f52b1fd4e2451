/*
 * question_id.h - ids of questions: name-based, so that whoever asks again after a crash asks the same question.
 */
#pragma once

#include "common/sys/clock.h"
#include "common/sys/uuid.h"

/* v5(uid, rule, symbol, as_of in UTC microseconds, attempt). attempt counts all questions of a chain from 1. */
struct uuid question_id(
	const char *uid, const char *rule_id, const char *symbol, struct wall as_of, int attempt);
/* v5(uid, `notice`, what it is about, that thing's state). */
struct uuid notice_id(const char *uid, const char *subject, const char *state);
