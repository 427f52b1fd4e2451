/*
 * list.h - reconciliation by listing: every order that the broker shows since list_after is compared with what the
 * database knows. What is known and has moved is recorded; what a question explains is adopted; what nothing explains is
 * an orphan, and trips the account. It finds what asking by id cannot: orders that the database has forgotten.
 * A broker that cannot list all because of one symbol (it answers 5xx) is asked symbol by symbol; one that it cannot list
 * is left out, and said.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

struct tradectl;
struct list;

struct list *list_new(struct tradectl *t);
void list_free(struct list **list);

/* Begins anew, whatever was under way; fn (may be NULL) is called once, from the loop, when all is listed and written. */
void list_begin(struct list *list, void (*fn)(void *owner), void *owner);
/* The database or the keys went away: what was under way is dropped. */
void list_stop(struct list *list);
/* Goes on where an answer was missing, begins by itself every 5 minutes, and has everything begun anew (start.h) when
 * somebody has asked for it; call it from a sweep. */
void list_wake(struct list *list);
/* Something there is not known here: list at the next sweep. */
void list_soon(struct list *list);
/* Nothing is under way. */
bool list_idle(const struct list *list);
/* What the last list had to leave out: symbols (unasked.h). */
const cJSON *list_left_out(const struct list *list);
/* What it waits for. */
void list_say(const struct list *list, char *out, size_t size);
