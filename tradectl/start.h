/*
 * start.h - after the start, after every reconnect to the database and after new keys: asks the broker whose account the
 * keys open, which must be that of the first keys, then by id about every order that may be open there, and only then
 * lets the first claim through.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct tradectl;
struct start;

struct start *start_new(struct tradectl *t);
void start_free(struct start **start);
/* Begins anew, whatever was under way. */
void start_begin(struct start *start);
/* Goes on where an answer was missing; call it from a sweep. */
void start_wake(struct start *start);
/* The database went away: nothing is reconciled any more. */
void start_lost(struct start *start);
bool start_done(const struct start *start);
/* The keys open the account that they should: what the broker shows, and does not show, means something. */
bool start_knows_account(const struct start *start);
/* They open another one: nothing goes on until other keys come. */
bool start_keys_differ(const struct start *start);
/* What it waits for. */
void start_say(const struct start *start, char *out, size_t size);
