/* gauge.h - what is shown of the database beside the daemon's own counters: trading_halted{scope}, notification_queue_use. */
#pragma once

struct tradectl;
struct gauge;

struct gauge *gauge_new(struct tradectl *t);
void gauge_free(struct gauge **gauge);
/* How far all orders or this account's are stopped, as last read: 0 active, 1 reducing, 2 halted. Only to be told: what
 * decides is read in the claim and the last fence. */
int gauge_halted(const struct gauge *gauge);
/* Reads them anew, unless an answer is still owed. */
void gauge_wake(struct gauge *gauge);
