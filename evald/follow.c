/* follow.c - see follow.h. */
#include "evald/follow.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "evald/commit.h"
#include "evald/db.h"
#include "evald/eval.h"
#include "evald/rings.h"

struct follow {
	struct eval *eval;
	follow_done_fn *done;
	bool all;
	struct wall now;
	struct batch batch;
	struct batch
		unusable; /* notices of documents, kept until they are committed; no dates yet */
	char *unarmed; /* answered questions that something is owed to and whose rule is gone: "{id,id" */
};

/* One more id of an array's text; NULL is none yet. */
static void list_add(char **list, struct uuid id)
{
	AUTO(alloc_free) char *before = *list;
	char text[UUID_TEXT];

	uuid_write(id, text);
	*list = alloc_print(
		"%s%s%s", before != NULL ? before : "{", before != NULL ? "," : "", text);
}

/* The whole text, NULL for none; the caller frees, the list is empty. */
static char *list_take(char **list)
{
	AUTO(alloc_free) char *open = TAKE(*list);

	return open != NULL ? alloc_print("%s}", open) : NULL;
}

static void end(struct follow *follow, bool ok, const char *why)
{
	pg_forget(follow->eval->pg, follow);
	batch_clear(&follow->batch);
	alloc_free(&follow->unarmed);
	follow->done(follow->eval, ok, why);
}

static void committed(void *owner, const struct pg_answer *answer)
{
	struct follow *follow = owner;

	if (answer->outcome != PG_DONE) {
		end(follow, false, answer->error);
		return;
	}
	batch_tell(&follow->batch, follow->eval, NULL, answer);
	batch_clear(&follow->unusable);
	end(follow, true, "");
}

static void add_unusable(struct follow *follow)
{
	const cJSON *notice;

	cJSON_ArrayForEach(notice, follow->unusable.asks)
	{
		cJSON *dated = cJSON_Duplicate(notice, true);

		notice_date(dated, follow->now);
		batch_add(&follow->batch, dated);
	}
}

static void noticed(void *owner, const struct pg_answer *answer)
{
	struct follow *follow = owner;

	if (answer->outcome != PG_DONE) {
		end(follow, false, answer->error);
		return;
	}
	for (size_t i = 0; i < db_count(answer); i++) {
		struct notice_due due;
		struct uuid id;
		struct err err;

		if (db_notice(answer, i, &due, &err) < 0) {
			log_error(follow->eval->log, "notice.unreadable", "a notice was left out",
				LOG_TEXT("why", err.text));
			continue;
		}
		batch_add(&follow->batch, notice_of_order(&due, &id));
	}
	add_unusable(follow);
	if (follow->batch.count == 0)
		end(follow, true, "");
	else
		batch_commit(&follow->batch, follow->eval, (struct wall){0}, committed, follow);
}

/* A yes to a rule that is not armed any more would be blocked: nothing more is asked, nor owed when it comes back. */
static bool is_armed(struct follow *follow, const char *uid, const char *rule_id,
	const char *symbol, struct uuid question_id)
{
	if (book_find(follow->eval->book, uid, rule_id, symbol) != NULL)
		return true;
	/* A document that only could not be read takes nothing away. */
	if (roster_knows(follow->eval->roster, uid))
		list_add(&follow->unarmed, question_id);
	return false;
}

static void add_follow_up(struct follow *follow, const struct pg_answer *answer, size_t at)
{
	struct owed row;
	struct uuid id;
	struct err err;
	cJSON *ask = NULL;

	int r = db_owed(answer, at, &row, &err);
	if (r == 0 && !is_armed(follow, row.uid, row.rule_id, row.symbol, row.question_id))
		return;
	if (r == 0)
		r = ask_follow_up(&row, &ask, &id, &err);
	if (r == 0)
		batch_add(&follow->batch, ask);
	else
		log_error(follow->eval->log, "follow_up.unreadable", "a follow-up was left out",
			LOG_TEXT("why", err.text));
}

static void ended(void *owner, const struct pg_answer *answer)
{
	struct follow *follow = owner;

	if (answer->outcome != PG_DONE) {
		end(follow, false, answer->error);
		return;
	}
	for (size_t i = 0; i < db_count(answer); i++) {
		struct uuid id;
		struct err err;
		char text[UUID_TEXT];

		if (db_superseded(answer, i, &id, &err) < 0)
			continue;
		uuid_write(id, text);
		log_info(follow->eval->log, "question.owed_no_more",
			"its rule, symbol or user is switched off", LOG_TEXT("question_id", text));
	}
	db_notices(follow->eval->pg, noticed, follow);
}

/* A re-ask needs prices: an evaluation asks it. */
static void drifted(void *owner, const struct pg_answer *answer)
{
	struct follow *follow = owner;
	bool armed = false;

	if (answer->outcome != PG_DONE) {
		end(follow, false, answer->error);
		return;
	}
	for (size_t i = 0; i < db_count(answer); i++) {
		struct reask row;
		struct err err;

		if (db_reask(answer, i, &row, &err) < 0) {
			log_error(follow->eval->log, "reask.unreadable", "a re-ask was left out",
				LOG_TEXT("why", err.text));
			continue;
		}
		AUTO(alloc_free) char *uid = row.uid;
		armed = is_armed(follow, uid, row.rule_id, row.symbol.text, row.question_id) ||
			armed;
	}
	if (armed)
		eval_wake(follow->eval, WAKE_EVALUATE);

	AUTO(alloc_free) char *ids = list_take(&follow->unarmed);
	if (ids != NULL)
		db_owed_end(follow->eval->pg, ids, ended, follow);
	else
		db_notices(follow->eval->pg, noticed, follow);
}

static void owed(void *owner, const struct pg_answer *answer)
{
	struct follow *follow = owner;

	if (answer->outcome != PG_DONE) {
		end(follow, false, answer->error);
		return;
	}
	for (size_t i = 0; i < db_count(answer); i++)
		add_follow_up(follow, answer, i);
	db_reasks(follow->eval->pg, drifted, follow);
}

static void look_for_owed(struct follow *follow)
{
	if (follow->eval->off == NULL)
		db_follow_ups(follow->eval->pg, owed, follow);
	else
		db_notices(follow->eval->pg, noticed, follow);
}

static void superseded(void *owner, const struct pg_answer *answer)
{
	struct follow *follow = owner;

	if (answer->outcome != PG_DONE) {
		end(follow, false, answer->error);
		return;
	}
	for (size_t i = 0; i < db_count(answer); i++) {
		struct uuid id;
		struct err err;
		char text[UUID_TEXT];

		if (db_superseded(answer, i, &id, &err) < 0)
			continue;
		rings_own(follow->eval->rings, id);
		uuid_write(id, text);
		log_info(follow->eval->log, "question.superseded",
			"its rule, symbol or user is switched off", LOG_TEXT("question_id", text));
	}
	look_for_owed(follow);
}

/* The text of an array of the open questions whose instance is not armed any more; NULL when there are none. */
static char *list_orphans(struct follow *follow, const struct pg_answer *answer)
{
	char *list = NULL;

	for (size_t i = 0; i < db_count(answer); i++) {
		struct question_row row;
		struct err err;

		if (db_open_question(answer, i, &row, &err) < 0)
			continue;
		if (!roster_knows(follow->eval->roster, row.uid) ||
			book_find(follow->eval->book, row.uid, row.rule_id, row.symbol) != NULL)
			continue;

		list_add(&list, row.id);
	}
	return list_take(&list);
}

static void opened(void *owner, const struct pg_answer *answer)
{
	struct follow *follow = owner;

	if (answer->outcome != PG_DONE) {
		end(follow, false, answer->error);
		return;
	}

	AUTO(alloc_free) char *ids = list_orphans(follow, answer);
	if (ids != NULL)
		db_supersede(follow->eval->pg, ids, superseded, follow);
	else
		look_for_owed(follow);
}

static void tell_expired(struct follow *follow, const struct pg_answer *answer)
{
	for (size_t i = 0; i < db_count(answer); i++) {
		struct question_row row;
		struct err err;
		char id[UUID_TEXT];

		if (db_expired(answer, i, &row, &err) < 0)
			continue;
		rings_own(follow->eval->rings, row.id);
		uuid_write(row.id, id);
		log_info(follow->eval->log, "question.expired",
			"nobody answered in time: nothing is ordered", LOG_TEXT("question_id", id),
			LOG_TEXT("uid", row.uid), LOG_TEXT("rule", row.rule_id));
	}
}

static void expired(void *owner, const struct pg_answer *answer)
{
	struct follow *follow = owner;

	if (answer->outcome != PG_DONE) {
		end(follow, false, answer->error);
		return;
	}
	tell_expired(follow, answer);
	if (follow->all)
		db_open(follow->eval->pg, opened, follow);
	else
		end(follow, true, "");
}

static void timed(void *owner, const struct pg_answer *answer)
{
	struct follow *follow = owner;
	struct err err;

	if (answer->outcome != PG_DONE)
		end(follow, false, answer->error);
	else if (db_now(answer, &follow->now, &err) < 0)
		end(follow, false, err.text);
}

void follow_begin(struct follow *follow, bool all)
{
	follow->all = all;
	if (all)
		db_clock(follow->eval->pg, timed, follow);
	db_expire(follow->eval->pg, expired, follow);
}

void follow_stop(struct follow *follow)
{
	pg_forget(follow->eval->pg, follow);
	batch_clear(&follow->batch);
	alloc_free(&follow->unarmed);
}

void follow_unusable(struct follow *follow, const char *uid, struct person_stamp stamp,
	const struct config_report *report)
{
	struct uuid id;

	batch_add(&follow->unusable, notice_of_config(uid, stamp, report, &id));
}

struct follow *follow_new(struct eval *eval, follow_done_fn *done)
{
	struct follow *follow = alloc_zero(sizeof(*follow));

	follow->eval = eval;
	follow->done = done;
	return follow;
}

void follow_free(struct follow **follow)
{
	if (*follow == NULL)
		return;
	follow_stop(*follow);
	batch_clear(&(*follow)->unusable);
	alloc_free(follow);
}
