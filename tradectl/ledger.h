/*
 * ledger.h - compares what our ledger says we hold with what the broker holds: after every list of orders, and once more a
 * little later when something is missing there. A mismatch trips the account; nothing is ever corrected by itself.
 */
#pragma once

struct tradectl;
struct ledger;

struct ledger *ledger_new(struct tradectl *t);
void ledger_free(struct ledger **ledger);
/* A list of orders is through: compare at once. */
void ledger_soon(struct ledger *ledger);
/* Call it from a sweep. */
void ledger_wake(struct ledger *ledger);
