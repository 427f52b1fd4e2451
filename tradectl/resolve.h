/* resolve.h - asks the broker by id about orders that may or may not have arrived. Unknown is never assumed away: only
 * the broker's own order object accepts it, and a 404 releases nothing. When an order is due is SQL's to say. */
#pragma once

#include <stdbool.h>

struct tradectl;
struct resolve;

struct resolve *resolve_new(struct tradectl *t);
void resolve_free(struct resolve **resolve);
void resolve_wake(struct resolve *resolve);
bool resolve_idle(const struct resolve *resolve);
