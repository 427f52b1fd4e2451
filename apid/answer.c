/* answer.c - see answer.h. */
#include "apid/answer.h"

#include <string.h>

#include "apid/apid.h"
#include "apid/db.h"
#include "apid/db_row.h"
#include "apid/question.h"
#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "common/sys/json.h"
#include "common/sys/uuid.h"

struct submission {
	struct apid *apid;
	char question_id[UUID_TEXT];
	answer_fn *fn;
	void *owner;
};

void answer_problem(const char *outcome, const char *min, const char *max, struct problem *problem)
{
	static const struct {
		const char *outcome;
		int status;
		const char *detail;
	} outcomes[] = {
		{"not_found", 404, "You have no such question. GET /v1/me/questions lists yours."},
		{"shown_differs", 409,
			"The question says something else than what was shown. Show it again and "
			"ask for a new answer."},
		{"conflict", 409,
			"This question was answered otherwise before; the first answer stands."},
		{"superseded", 409,
			"This question no longer holds: its rule was changed or switched off. "
			"Nothing was ordered."},
		{"expired", 410, "The time for this question is over. Nothing was ordered."},
	};

	if (strcmp(outcome, "out_of_range") == 0) {
		problem_set(problem, 422, "answer must be a number from %s to %s.",
			min ? min : "any", max ? max : "any");
		problem_add_error(problem, "OUT_OF_RANGE", "/answer", problem->detail);
		return;
	}
	for (size_t i = 0; i < LENGTH(outcomes); i++)
		if (strcmp(outcomes[i].outcome, outcome) == 0)
			problem_set(problem, outcomes[i].status, "%s", outcomes[i].detail);
	if (!problem->status && strcmp(outcome, "ok") != 0 && strcmp(outcome, "again") != 0)
		problem_set(problem, 500, "The service made a mistake; it is in its log.");
}

/* Outcome ok is a decision: the one place where it is logged. The same answer again decides nothing. */
static void log_answer(
	const struct submission *submission, const char *outcome, const PGresult *question)
{
	if (strcmp(outcome, "ok") != 0) {
		log_debug(submission->apid->log, "question.answered_again",
			"the same answer came again",
			LOG_TEXT("question_id", submission->question_id));
		return;
	}
	log_info(submission->apid->log, "question.answered", "a person answered",
		LOG_TEXT("question_id", submission->question_id),
		LOG_TEXT("answer", row_text(question, 0, "answer")),
		LOG_TEXT("decision", row_text(question, 0, "decision")));
	metric_add(submission->apid->metrics, "answers_total", NULL, "Answers taken.", 1);
}

static void submitted(void *owner, const struct pg_answer *answer)
{
	AUTO(alloc_free) struct submission *submission = owner;
	struct problem problem = {0};
	const PGresult *question;
	const char *outcome;

	if (answer->outcome != PG_DONE || FAILPOINT("A06.committed")) {
		db_problem(submission->apid, answer, &problem);
		submission->fn(submission->owner, &problem, NULL);
		problem_done(&problem);
		return;
	}
	outcome = row_text(answer->results[0], 0, "outcome");
	question = answer->results[1];
	answer_problem(outcome ? outcome : "",
		row_count(question) ? row_text(question, 0, "min_value") : NULL,
		row_count(question) ? row_text(question, 0, "max_value") : NULL, &problem);
	if (!problem.status && !row_count(question))
		answer_problem("not_found", NULL, NULL, &problem);
	if (problem.status) {
		submission->fn(submission->owner, &problem, NULL);
		problem_done(&problem);
		return;
	}
	log_answer(submission, outcome, question);
	submission->fn(submission->owner, NULL, row_object(question, 0, question_fields));
}

void answer_submit(struct apid *apid, const struct answer *answer, answer_fn *fn, void *owner)
{
	struct submission *submission;
	struct problem problem = {0};
	struct uuid id;

	if (uuid_read(answer->question_id, &id) < 0) {
		answer_problem("not_found", NULL, NULL, &problem);
		fn(owner, &problem, NULL);
		problem_done(&problem);
		return;
	}
	submission = alloc_zero(sizeof(*submission));
	*submission = (struct submission){.apid = apid, .fn = fn, .owner = owner};
	uuid_write(id, submission->question_id);
	db_ask(apid->db, answer->uid,
		(const struct pg_call[]){
			DB_CALL(DB_QUESTION_ANSWER, submission->question_id, answer->answer,
				answer->shown),
			DB_CALL(DB_QUESTION, submission->question_id),
		},
		2, submitted, submission);
}
