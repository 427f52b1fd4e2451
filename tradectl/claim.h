/*
 * claim.h - takes approved orders, one at a time: only one stands between connect and its first byte, because the last
 * fence blocks the loop. Orders past that gate run side by side.
 */
#pragma once

#include <stdbool.h>

struct tradectl;
struct claim;

struct claim *claim_new(struct tradectl *t);
void claim_free(struct claim **claim);
/* Look whether there is something to take. Any time, any number of times. */
void claim_wake(struct claim *claim);
/* The same, from the start of the line: what waited (an undo time, another try) and what another worker gave back lie before
 * the place of the last claim. Every sweep. */
void claim_sweep(struct claim *claim);
/* No order is under way. */
bool claim_idle(const struct claim *claim);
