/*
 * book.h - which rules are armed for which symbol, of all people. Pure.
 *
 * Made anew from the people's configurations whenever one changes; what was remembered of an instance stays as long as
 * its document does. Pointers lead into the people and are good until their next change.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/trading/people.h"
#include "common/trading/reason.h"

/* One instance of one person's rule. */
struct armed {
	const struct person *person;
	const struct rule *rule;
	const struct rule_target *target;
	bool asked;	    /* its symbol is among those of the look that was begun last */
	enum reason *quiet; /* why it did not ask when last looked at; the book remembers it */
};

struct book;

struct book *book_new(void);
void book_free(struct book **book);

void book_rebuild(struct book *book, const struct people *people);

/* By symbol; within one by uid and document order. */
size_t book_count(const struct book *book);
struct armed *book_at(struct book *book, size_t i);

/* The instance, or NULL when it is not armed. */
struct armed *book_find(
	struct book *book, const char *uid, const char *rule_id, const char *symbol);

/* Every symbol once, as the text of a Postgres array; the caller frees. What is armed now counts as asked from here on;
 * what a change arms before the rows are there does not. */
char *book_begin_look(struct book *book);
