/*
 * judge.h - one look at every armed rule, and which of those that are true may ask. Pure: rows and states come in,
 * candidates and questions go out.
 *
 * A look and the states it needs are apart by a question to the database, and meanwhile a document may change: a
 * candidate names its rule and is looked up again, under the stamp it was found with.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/trading/decision.h"
#include "common/trading/market.h"
#include "evald/ask.h"
#include "evald/book.h"

/* A rule that was true, or is to ask again; its evaluation borrows the look's rows. */
struct candidate {
	char *uid;
	struct person_stamp stamp;
	char rule_id[CONFIG_ID_TEXT];
	struct symbol symbol;
	struct evaluation evaluation;
	const struct reask *reask; /* the look's; NULL: a fire */
};

/* Why an armed rule is quiet now, and was not before. Borrowed; for the log. */
struct quiet_change {
	const char *uid, *rule_id, *symbol;
	enum reason reason;
};

/* What a look saw. */
struct look_hooks {
	void (*evaluated)(
		void *owner, const struct rule *rule, const struct evaluation *evaluation);
	void (*quiet)(void *owner, const struct quiet_change *change, bool changed);
	void *owner;
};

struct look {
	struct book *book;
	struct observation *rows; /* sorted in place by symbol */
	size_t nrows;
	const struct calendar *calendar;
	struct wall now;
	struct look_hooks hooks;
	const struct reask
		*reasks; /* drifted yeses; each asks again as soon as its instance has fresh rows */
	size_t nreasks;
	bool test_mode; /* for the broker account `test`, and nothing for a live document */
};

/* Evaluates everything armed that the rows were asked for; what was armed since then brought the next look. Candidates by uid and then document order, so that the attention budget goes to the first
 * rules; free with candidates_free. */
struct candidate *judge_look(const struct look *look, size_t *count_out);
void candidates_free(struct candidate **candidates, size_t count);

/* jsonb text for instance_states; the caller frees. */
char *judge_keys(const struct candidate candidates[], size_t count);

/* One candidate with its state. */
struct verdict_case {
	const struct look *look;
	const struct candidate *candidate;
	const struct instance_state *state;
	const struct guardrails *guardrails; /* NULL: not told */
	int64_t max_queued;
};

/* The question, or NULL; why not goes to the look's hooks. The caller frees it. A candidate whose document has changed
 * meanwhile asks nothing and says nothing: the change brings the next look. */
cJSON *judge_decide(const struct verdict_case *verdict_case, struct uuid *id_out);

/* Says why an instance is quiet, as the database saw it. */
void judge_quiet(const struct look *look, const char *uid, const char *rule_id, const char *symbol,
	enum reason reason);
