/* rings.c - see rings.h. */
#include "evald/rings.h"

#include <string.h>

#include "common/sys/alloc.h"
#include "evald/db.h"
#include "evald/eval.h"

enum {
	OWN_MOST = 256,	 /* the oldest is forgotten: then a turn finds nothing, no more */
	RUNG_MOST = 128, /* more than this during one turn: looked at without a name */
};

struct rings {
	struct eval *eval;
	struct uuid own[OWN_MOST];
	size_t own_next, own_count;
	struct uuid rung[RUNG_MOST];
	size_t rung_count;
	bool unnamed; /* a ring without an id, or too many */
};

struct rings *rings_new(struct eval *eval)
{
	struct rings *rings = alloc_zero(sizeof(*rings));

	rings->eval = eval;
	return rings;
}

void rings_stop(struct rings *rings)
{
	pg_forget(rings->eval->pg, rings);
	rings->own_count = 0;
	rings->own_next = 0;
	rings->rung_count = 0;
	rings->unnamed = false;
}

void rings_free(struct rings **rings)
{
	if (*rings == NULL)
		return;
	rings_stop(*rings);
	alloc_free(rings);
}

void rings_own(struct rings *rings, struct uuid id)
{
	rings->own[rings->own_next] = id;
	rings->own_next = (rings->own_next + 1) % OWN_MOST;
	if (rings->own_count < OWN_MOST)
		rings->own_count++;
}

static bool is_own(const struct rings *rings, struct uuid id)
{
	for (size_t i = 0; i < rings->own_count; i++)
		if (uuid_same(rings->own[i], id))
			return true;
	return false;
}

/* A skip is what a person may ask about later: it is logged. An approval logs itself as its order. */
static void told(void *owner, const struct pg_answer *answer)
{
	struct rings *rings = owner;
	struct closed_row row;
	struct err err;

	if (answer->outcome != PG_DONE || db_count(answer) != 1)
		return;
	if (db_closed_question(answer, 0, &row, &err) < 0)
		return;

	char id[UUID_TEXT];
	uuid_write(row.id, id);
	const char *decision = row.decision != NULL ? row.decision : "";
	const bool skip = strcmp(decision, "skip") == 0;
	log_write(rings->eval->log, skip ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
		skip ? "question.skipped" : "question.closed",
		skip ? "the person said no: nothing is ordered" : "a question has ended",
		(const struct log_field[]){LOG_TEXT("question_id", id), LOG_TEXT("uid", row.uid),
			LOG_TEXT("rule", row.rule_id), LOG_TEXT("symbol", row.symbol),
			LOG_TEXT("status", row.status), LOG_TEXT("decision", decision),
			LOG_TEXT("reason", row.reason)},
		7);
}

static void look_at(struct rings *rings, struct uuid id)
{
	char text[UUID_TEXT];

	if (is_own(rings, id))
		return;
	uuid_write(id, text);
	db_closed(rings->eval->pg, text, told, rings);
	eval_wake(rings->eval, WAKE_FOLLOW);
}

void rings_closed(struct rings *rings, const char *payload)
{
	struct uuid id;

	if (uuid_read(payload, &id) < 0 || rings->rung_count == RUNG_MOST)
		rings->unnamed = true;
	else
		rings->rung[rings->rung_count++] = id;
	if (!rings->eval->busy)
		rings_settle(rings);
}

void rings_settle(struct rings *rings)
{
	for (size_t i = 0; i < rings->rung_count; i++)
		look_at(rings, rings->rung[i]);
	rings->rung_count = 0;
	if (rings->unnamed)
		eval_wake(rings->eval, WAKE_FOLLOW);
	rings->unnamed = false;
}
