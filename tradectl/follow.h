/* follow.h - reads accepted orders at the broker until they end. Polling is the truth; when an order is due is SQL's to
 * say (often while it is young). */
#pragma once

#include "tradectl/db.h"

struct tradectl;
struct follow;

struct follow *follow_new(struct tradectl *t);
void follow_free(struct follow **follow);
void follow_wake(struct follow *follow);
/* Reads an order that was just accepted in a moment, before SQL's first date: most market orders fill in milliseconds. */
void follow_soon(struct follow *follow, const struct db_order *order);
