/* unserved.h - ends live orders that nobody will send, because no tradectl serves the live account. Every instance does it for
 * all, once it has been reconciled itself for a while. */
#pragma once

struct tradectl;
struct unserved;

struct unserved *unserved_new(struct tradectl *t);
void unserved_free(struct unserved **unserved);
/* Call it from a sweep, every 10 s. */
void unserved_wake(struct unserved *unserved);
