/* hub_call.c - see hub_call.h. */
#include "apid/hub_call.h"

#include <string.h>
#include <strings.h>

#include "apid/answer.h"
#include "apid/apid.h"
#include "apid/auth.h"
#include "apid/db.h"
#include "apid/db_row.h"
#include "apid/hub_record.h"
#include "apid/question.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"

struct method {
	const char *name;
	int narguments;
	const char *(*take)(
		struct hub_call *call, const cJSON *arguments); /* NULL, or what is wrong */
	void (*run)(struct hub_call *call);
};

struct hub_call {
	struct apid *apid;
	struct token who;
	hub_called_fn *fn; /* NULL: abandoned */
	void *owner;
	char *invocation_id; /* NULL: no completion is wanted */
	const struct method *method;
	char *question_id, *answer; /* arguments */
};

static void finish(struct hub_call *call, char *record)
{
	hub_called_fn *fn = call->fn;
	void *owner = call->owner;

	alloc_free(&call->invocation_id);
	alloc_free(&call->question_id);
	alloc_free(&call->answer);
	alloc_free(&call);
	if (fn)
		fn(owner, record);
	alloc_free(&record);
}

static void finish_result(struct hub_call *call, cJSON *result)
{
	char *record = hub_print_result(call->invocation_id ? call->invocation_id : "", result);

	if (!call->invocation_id)
		alloc_free(&record);
	finish(call, record);
}

static void finish_problem(struct hub_call *call, const struct problem *problem)
{
	AUTO(alloc_free) char *line = problem_line(problem);

	finish(call, call->invocation_id ? hub_print_error(call->invocation_id, line) : NULL);
}

static const char *take_id(struct hub_call *call, const cJSON *arguments)
{
	const cJSON *id = cJSON_GetArrayItem(arguments, 0);

	if (!cJSON_IsString(id))
		return "The question's id must be a string.";
	call->question_id = alloc_text(id->valuestring);
	return NULL;
}

static const char *take_id_and_answer(struct hub_call *call, const cJSON *arguments)
{
	const cJSON *answer = cJSON_GetArrayItem(arguments, 1);

	if (!cJSON_IsNumber(answer) || !json_number_fits(answer->valuestring))
		return "answer must be a number, like 10 or -10.";
	call->answer = alloc_text(answer->valuestring);
	return take_id(call, arguments);
}

static const char *take_nothing(struct hub_call *call, const cJSON *arguments)
{
	(void)call;
	(void)arguments;
	return NULL;
}

static void answered(void *owner, struct problem *problem, cJSON *question)
{
	if (problem)
		finish_problem(owner, problem);
	else
		finish_result(owner, question);
}

static void submit_answer(struct hub_call *call)
{
	const struct answer answer = {
		.uid = call->who.uid,
		.question_id = call->question_id,
		.answer = call->answer,
	};

	answer_submit(call->apid, &answer, answered, call);
}

static void listed(void *owner, const struct pg_answer *answer)
{
	struct hub_call *call = owner;
	struct problem problem = {0};

	if (answer->outcome == PG_DONE) {
		finish_result(call, row_array(answer->results[0], question_fields));
		return;
	}
	db_problem(call->apid, answer, &problem);
	finish_problem(call, &problem);
	problem_done(&problem);
}

static void get_pending(struct hub_call *call)
{
	db_ask(call->apid->db, call->who.uid, &DB_CALL(DB_QUESTIONS_OPEN, "200"), 1, listed, call);
}

static void acked(void *owner, const struct pg_answer *answer)
{
	struct hub_call *call = owner;
	struct problem problem = {0};
	const char *outcome;

	if (answer->outcome != PG_DONE) {
		db_problem(call->apid, answer, &problem);
	} else {
		outcome = row_text(answer->results[0], 0, "outcome");
		answer_problem(outcome ? outcome : "", NULL, NULL, &problem);
	}
	if (problem.status)
		finish_problem(call, &problem);
	else
		finish_result(call, NULL);
	problem_done(&problem);
}

static void ack(struct hub_call *call)
{
	struct problem problem = {0};
	struct uuid id;

	if (uuid_read(call->question_id, &id) == 0) {
		db_ask(call->apid->db, call->who.uid, &DB_CALL(DB_QUESTION_ACK, call->question_id),
			1, acked, call);
		return;
	}
	answer_problem("not_found", NULL, NULL, &problem);
	finish_problem(call, &problem);
	problem_done(&problem);
}

/* clang-format off */
static const struct method methods[] = {
	{"SubmitAnswer",        2, take_id_and_answer, submit_answer},
	{"GetPendingQuestions", 0, take_nothing,       get_pending},
	{"AckQuestion",         1, take_id,            ack},
};

/* clang-format on */

static const struct method *method_of(const struct hub_message *message)
{
	for (size_t i = 0; i < LENGTH(methods); i++)
		if (message->type == HUB_INVOCATION &&
			strcasecmp(methods[i].name, message->target) == 0)
			return &methods[i];
	return NULL;
}

/* Signed out meanwhile? Not more than a moment ago it was asked. */
static void judged(void *owner, const struct token *who, struct problem *problem)
{
	struct hub_call *call = owner;

	(void)who;
	if (problem)
		finish_problem(call, problem);
	else if (call->fn)
		call->method->run(call);
	else
		finish(call, NULL);
}

/* Upstream's words for what cannot be called. */
static void refuse_call(struct hub_call *call, const char *target)
{
	AUTO(alloc_free) char *error = NULL;

	if (call->method)
		error = alloc_print(
			"Failed to invoke '%s' due to an error on the server.", call->method->name);
	else
		error = alloc_print("Unknown hub method '%.64s'", target);
	finish(call, call->invocation_id ? hub_print_error(call->invocation_id, error) : NULL);
}

static void refuse_arguments(struct hub_call *call, const char *why)
{
	struct problem problem = {0};

	problem_set(&problem, 422, "%s", why);
	finish_problem(call, &problem);
	problem_done(&problem);
}

struct hub_call *hub_call_new(
	struct apid *apid, const struct token *who, hub_called_fn *fn, void *owner)
{
	struct hub_call *call = alloc_zero(sizeof(*call));

	*call = (struct hub_call){.apid = apid, .who = *who, .fn = fn, .owner = owner};
	return call;
}

void hub_call_begin(struct hub_call *call, const struct hub_message *message)
{
	const char *fault;

	call->invocation_id = alloc_text(message->invocation_id);
	call->method = method_of(message);
	if (!call->method || cJSON_GetArraySize(message->arguments) != call->method->narguments) {
		refuse_call(call, message->target);
		return;
	}
	fault = call->method->take(call, message->arguments);
	if (fault)
		refuse_arguments(call, fault);
	else
		auth_check_again(call->apid->auth, &call->who, judged, call);
}

void hub_call_abandon(struct hub_call *call)
{
	if (call)
		call->fn = NULL;
}
