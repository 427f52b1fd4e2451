/* question.c - see question.h. */
#include "apid/question.h"

#include <string.h>

#include "apid/answer.h"
#include "apid/apid.h"
#include "apid/body.h"
#include "apid/db.h"
#include "apid/list.h"
#include "apid/request.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"

/* clang-format off */
const struct row_field question_fields[] = {
	{"id",            ROW_TEXT},
	{"kind",          ROW_TEXT},
	{"question_text", ROW_TEXT},
	{"question_type", ROW_TEXT},
	{"min_value",     ROW_NUMBER},
	{"max_value",     ROW_NUMBER},
	{"source_tag",    ROW_TEXT},
	{"pipeline_key",  ROW_TEXT},
	{"pipeline_step", ROW_TEXT},
	{"status",        ROW_TEXT},
	{"answer",        ROW_NUMBER},
	{"decision",      ROW_TEXT},
	{"reason",        ROW_TEXT},
	{"created_at",    ROW_TIME},
	{"delivered_at",  ROW_TIME},
	{"answered_at",   ROW_TIME},
	{"expires_at",    ROW_TIME},
	{"metadata",      ROW_JSON},
	{NULL, ROW_TEXT},
};

/* clang-format on */

enum {
	SHOWN_MAX = 128, /* bytes; a digest has 64 */
};

static const char *const statuses[] = {
	"queued", "delivered", "answered", "expired", "superseded", NULL};

void question_list(struct request *request)
{
	list_serve(request, DB_QUESTIONS, statuses, question_fields);
}

static void answered(void *owner, struct problem *problem, cJSON *question)
{
	struct request *request = owner;

	if (problem)
		request_answer_problem(request, problem);
	else
		request_answer_json(request, 200, question);
}

/* {"answer": 10, "shown": "..."}. Other members are refused by name: a misspelt `shown` would bind nothing. */
static bool read_answer(
	const cJSON *body, const char **answer_out, const char **shown_out, struct problem *problem)
{
	const cJSON *answer = json_member(body, "answer");
	const cJSON *shown = json_member(body, "shown");

	if (!cJSON_IsNumber(answer))
		problem_add_error(problem, answer ? "BAD_TYPE" : "MISSING_FIELD", "/answer",
			"`answer` must be a number, like 10 or -10.");
	else if (!json_number_fits(json_decimal(body, "answer")))
		problem_add_error(problem, "OUT_OF_RANGE", "/answer",
			"`answer` has more digits than a number can have here.");
	if (shown && !cJSON_IsNull(shown) &&
		(!cJSON_IsString(shown) || strlen(shown->valuestring) > SHOWN_MAX))
		problem_add_error(problem, "BAD_TYPE", "/shown",
			"`shown` must be the text of metadata.facts_digest.");
	body_check_names(body, (const char *const[]){"answer", "shown", NULL}, problem);
	if (problem->errors)
		return false;
	*answer_out = json_decimal(body, "answer");
	*shown_out = json_text(body, "shown");
	return true;
}

void question_answer(struct request *request)
{
	AUTO(json_free) cJSON *body = NULL;
	struct problem problem = {0};
	const char *answer, *shown;

	if (!body_read_object(request, &body, &problem)) {
		request_answer_problem(request, &problem);
		return;
	}
	if (!read_answer(body, &answer, &shown, &problem)) {
		problem_tell(&problem, 422, "The body does not say an answer; see errors.");
		request_answer_problem(request, &problem);
		return;
	}
	answer_submit(request->apid,
		&(struct answer){.uid = request->who.uid,
			.question_id = request->match.param,
			.answer = answer,
			.shown = shown},
		answered, request);
}
