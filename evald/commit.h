/* commit.h - asks on their way into eval_commit, and what became of each. */
#pragma once

#include "common/sys/json.h"
#include "common/sys/pg.h"
#include "common/sys/uuid.h"
#include "evald/judge.h"

struct eval;

/* A batch being filled. All zero is empty. */
struct batch {
	cJSON *asks;
	size_t count;
};

void batch_add(struct batch *batch, cJSON *ask); /* takes the ask */
void batch_clear(struct batch *batch);

/* Sends it; it stays filled until its outcomes have been told. evaluated_at: the time of the rows that a whole
 * evaluation has now looked at (what last_eval_at becomes); us 0 = this batch ends none. */
void batch_commit(struct batch *batch, struct eval *eval, struct wall evaluated_at,
	pg_answer_fn *fn, void *owner);

/* Logs and counts what became of each ask; look may be NULL (then a refusal is only logged). */
void batch_tell(const struct batch *batch, struct eval *eval, const struct look *look,
	const struct pg_answer *answer);
