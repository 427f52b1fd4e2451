/* commit.c - see commit.h. */
#include "evald/commit.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json_add.h"
#include "evald/db.h"
#include "evald/eval.h"

void batch_add(struct batch *batch, cJSON *ask)
{
	if (batch->asks == NULL)
		batch->asks = cJSON_CreateArray();
	cJSON_AddItemToArray(batch->asks, ask);
	batch->count++;
}

void batch_clear(struct batch *batch)
{
	json_free(&batch->asks);
	batch->count = 0;
}

void batch_commit(struct batch *batch, struct eval *eval, struct wall evaluated_at,
	pg_answer_fn *fn, void *owner)
{
	AUTO(json_free) cJSON *document = cJSON_CreateObject();

	json_add_integer(document, "max_queued", eval->settings->max_queued);
	if (evaluated_at.us != 0)
		json_add_wall(document, "evaluated_at", evaluated_at);
	cJSON_AddItemToObject(document, "asks",
		batch->asks != NULL ? cJSON_Duplicate(batch->asks, true) : cJSON_CreateArray());

	AUTO(alloc_free) char *text = json_print(document);
	db_commit(eval->pg, text, fn, owner);
}

static const cJSON *find_ask(const struct batch *batch, struct uuid id)
{
	const cJSON *ask;
	char text[UUID_TEXT];

	uuid_write(id, text);
	cJSON_ArrayForEach(ask, batch->asks)
	{
		if (strcmp(json_text(ask, "id"), text) == 0)
			return ask;
	}
	return NULL;
}

static void count_question(struct eval *eval, const char *kind)
{
	char labels[64];

	snprintf(labels, sizeof(labels), "pipeline=\"trading\",kind=\"%s\"", kind);
	metric_add(daemon_metrics(eval->daemon), "questions_total", labels,
		"Questions asked, notices included.", 1);
}

static void tell_asked(struct eval *eval, const cJSON *ask)
{
	const char *kind = json_text(ask, "kind");

	count_question(eval, kind);
	log_info(eval->log, "question.asked", "a question stands open",
		LOG_TEXT("question_id", json_text(ask, "id")), LOG_TEXT("kind", kind),
		LOG_TEXT("uid", json_text(ask, "firebase_uid")),
		LOG_TEXT("rule", json_text(ask, "rule_id")),
		LOG_TEXT("symbol", json_text(ask, "symbol")),
		LOG_TEXT("as_of", json_text(ask, "as_of")),
		LOG_TEXT("text", json_text(ask, "question_text")));
}

static void tell_not_asked(
	struct eval *eval, const struct look *look, const cJSON *ask, const char *outcome)
{
	enum reason reason;

	log_debug(eval->log, "question.not_committed", "the database says no",
		LOG_TEXT("question_id", json_text(ask, "id")), LOG_TEXT("outcome", outcome));
	if (look != NULL && reason_find(outcome, &reason))
		judge_quiet(look, json_text(ask, "firebase_uid"), json_text(ask, "rule_id"),
			json_text(ask, "symbol"), reason);
}

void batch_tell(const struct batch *batch, struct eval *eval, const struct look *look,
	const struct pg_answer *answer)
{
	for (size_t i = 0; i < db_count(answer); i++) {
		struct outcome_row row;
		struct err err;

		if (db_outcome(answer, i, &row, &err) < 0) {
			log_error(eval->log, "commit.unreadable", "an outcome was not understood",
				LOG_TEXT("why", err.text));
			continue;
		}

		const cJSON *ask = find_ask(batch, row.id);
		if (ask == NULL)
			continue;
		if (strcmp(row.outcome, "asked") == 0)
			tell_asked(eval, ask);
		else
			tell_not_asked(eval, look, ask, row.outcome);
	}
}
