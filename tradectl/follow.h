/* follow.h - reads accepted orders at the broker until they end. Polling is the truth; when an order is due is SQL's to
 * say (often while it is young). */
#pragma once

struct tradectl;
struct follow;

struct follow *follow_new(struct tradectl *t);
void follow_free(struct follow **follow);
void follow_wake(struct follow *follow);
