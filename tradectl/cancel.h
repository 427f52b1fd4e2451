/*
 * cancel.h - asks the broker to cancel the orders that somebody wants back; which are due, and when again, is SQL's to say
 * (order_cancel_due). The answer is noted and proves nothing: 204 is a wish that was heard, and such an order can still fill;
 * after 404 and 422 (it has ended, perhaps filled) the order is read; anything else is tried again. The order ends by what
 * a poll or an event says. Nothing stops a cancel: no halt, no switched-off trading.
 */
#pragma once

struct tradectl;
struct cancels;

struct cancels *cancels_new(struct tradectl *t);
void cancels_free(struct cancels **cancels);
void cancels_wake(struct cancels *cancels);
/* How long the oldest cancel has been pending: a metric, and a line in the log when it is over an hour. */
void cancels_look(struct cancels *cancels);
