/* fills.h - the executions that happened while the broker's stream was not heard, read from its list of activities a
 * moment after the stream is back. Evidence only (trade_fills): how much was filled is what the orders say. */
#pragma once

struct tradectl;
struct fills;

struct fills *fills_new(struct tradectl *t);
void fills_free(struct fills **fills);
/* The stream is listened to from now on. */
void fills_gap(struct fills *fills);
/* It is listened to at this moment: what comes later may be a gap. */
void fills_heard(struct fills *fills);
