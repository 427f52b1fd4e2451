/* judge.h - what an order that the broker lists or tells of means for us, and what follows: a record, a trip, a number. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "tradectl/db.h"
#include "tradectl/echo.h"

struct tradectl;

struct judged {
	size_t news, adopted, orphans, foreign;
};

/* An order that orders_match named. true: the database cannot explain it, and orphan_note must be asked. */
bool judge_matched(struct tradectl *t, struct judged *judged, const struct db_order *order,
	const struct echo *echo);

/* The answer of orphan_note: trips where it must. */
void judge_noted(struct tradectl *t, struct judged *judged, const struct pg_answer *answer);
