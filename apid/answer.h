/* answer.h - one answer to one question, however it came: by POST or by the hub's SubmitAnswer. The SQL function
 * question_answer decides; here its word becomes the question or a problem. */
#pragma once

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "apid/problem.h"

struct apid;

struct answer {
	const char *uid;
	const char *question_id; /* as the client wrote it; what is no id is nobody's question */
	const char *answer;	 /* the exact text of a JSON number of which json_number_fits */
	const char *shown;	 /* NULL: not said */
};

/* Exactly one of problem and question is not NULL. question is given away; problem is borrowed. */
typedef void answer_fn(void *owner, struct problem *problem, cJSON *question);
/* fn may be called before this returns. */
void answer_submit(struct apid *apid, const struct answer *answer, answer_fn *fn, void *owner);

/* The problem of an outcome of question_answer(); min and max are texts for OUT_OF_RANGE. "ok" gives none. Pure. */
void answer_problem(const char *outcome, const char *min, const char *max, struct problem *problem);
