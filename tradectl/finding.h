/* finding.h - what an order on the broker's list means for us: it is counted, recorded where it is news, and said where the
 * database did not know it. What it must trip is looked for when the list is through (trip_look). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "tradectl/db.h"
#include "tradectl/echo.h"

struct tradectl;

struct findings {
	size_t news, adopted, orphans, foreign;
};

/* An order that orders_match named. true: the database cannot explain it, and orphan_note must be asked. */
bool finding_matched(struct tradectl *t, struct findings *findings, const struct db_order *order,
	const struct echo *echo);

/* The answer of orphan_note. */
void finding_noted(struct tradectl *t, struct findings *findings, const struct pg_answer *answer);
