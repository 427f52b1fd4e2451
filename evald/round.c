/* round.c - see round.h. */
#include "evald/round.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "evald/commit.h"
#include "evald/db.h"
#include "evald/eval.h"
#include "evald/faults.h"

enum {
	CHUNK = 200, /* candidates a commit */
};

struct round {
	struct eval *eval;
	round_done_fn *done;
	struct calendar_day *days;
	struct calendar calendar;
	struct observation *rows;
	struct reask *reasks;
	size_t nreasks;
	struct look look;
	struct candidate *candidates;
	size_t count, at, chunk;
	struct state_row *states; /* of this chunk; texts are the candidates' */
	size_t state_count;
	struct batch batch;
	struct faults *faults; /* rows that were left out */
};

static void next_chunk(struct round *round);

static void clear(struct round *round)
{
	alloc_free(&round->days);
	alloc_free(&round->rows);
	candidates_free(&round->candidates, round->count);
	for (size_t i = 0; i < round->nreasks; i++)
		alloc_free(&round->reasks[i].uid);
	alloc_free(&round->reasks);
	round->nreasks = 0;
	alloc_free(&round->states);
	batch_clear(&round->batch);
	round->count = 0;
	round->at = 0;
	round->state_count = 0;
	round->look.nrows = 0;
}

static void end(struct round *round, bool ok, const char *why)
{
	/* What an unfinished transaction still sends is not wanted any more. */
	pg_forget(round->eval->pg, round);
	clear(round);
	round->done(round->eval, ok, why);
}

/* One row that cannot be read is no reason to stop everybody: its rules miss it, the others go on. */
static void leave_out(struct round *round, const char *what, const struct err *err)
{
	struct eval *eval = round->eval;

	metric_add(daemon_metrics(eval->daemon), "rows_unreadable_total", NULL,
		"Rows that an evaluation had to leave out.", 1);
	if (faults_note(round->faults, err->text))
		log_error(eval->log, "row.unreadable", "left out; what needs it asks nothing",
			LOG_TEXT("table", what), LOG_TEXT("why", err->text));
}

static void on_evaluated(void *owner, const struct rule *rule, const struct evaluation *evaluation)
{
	struct eval *eval = owner;
	char labels[64];

	snprintf(labels, sizeof(labels), "type=\"%s\"", rule_type_words[rule->type]);
	metric_add(daemon_metrics(eval->daemon), "rule_evaluations_total", labels,
		"Looks at an armed rule.", 1);
	if (evaluation->reason == REASON_STALE)
		metric_add(daemon_metrics(eval->daemon), "stale_snapshots_total", NULL,
			"Looks that found the newest row too old.", 1);
}

static void on_quiet(void *owner, const struct quiet_change *change, bool changed)
{
	struct eval *eval = owner;
	const char *reason = reason_name(change->reason);
	enum log_level level =
		changed && change->reason != REASON_NONE ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;
	char labels[64];

	if (change->reason != REASON_NONE) {
		snprintf(labels, sizeof(labels), "reason=\"%s\"", reason);
		metric_add(daemon_metrics(eval->daemon), "questions_not_asked_total", labels,
			"Looks at an armed rule that asked nothing, by reason.", 1);
	}
	LOG_WITH(eval->log, level, "question.not_asked",
		change->reason != REASON_NONE ? reason_sentence(change->reason)
					      : "the rule may ask again",
		LOG_TEXT("uid", change->uid), LOG_TEXT("rule", change->rule_id),
		LOG_TEXT("symbol", change->symbol), LOG_TEXT("reason", reason));
}

/* The time that this batch brings last_eval_at to: only the last one has seen everything. */
static struct wall evaluated_at(const struct round *round)
{
	return round->at >= round->count ? round->look.now : (struct wall){0};
}

static void committed(void *owner, const struct pg_answer *answer)
{
	struct round *round = owner;

	if (answer->outcome != PG_DONE) {
		end(round, false, answer->error);
		return;
	}
	batch_tell(&round->batch, round->eval, &round->look, answer);
	batch_clear(&round->batch);
	if (round->at < round->count)
		next_chunk(round);
	else
		end(round, true, "");
}

static const struct instance_state *state_of(
	const struct round *round, const struct candidate *candidate)
{
	for (size_t i = 0; i < round->state_count; i++) {
		const struct state_row *row = &round->states[i];

		if (strcmp(row->uid, candidate->uid) == 0 &&
			strcmp(row->rule_id, candidate->rule_id) == 0 &&
			strcmp(row->symbol, candidate->symbol.text) == 0)
			return &row->state;
	}
	return NULL;
}

/* What a question asked now does to the budgets of its user's others, in the same batch. */
static void count_asked(struct round *round, const char *uid)
{
	for (size_t i = 0; i < round->state_count; i++) {
		struct state_row *row = &round->states[i];

		if (strcmp(row->uid, uid) != 0)
			continue;
		row->state.open_questions++;
		row->state.questions_today++;
	}
}

static void decide(
	struct round *round, const struct candidate *candidate, const struct guardrails *guardrails)
{
	const struct verdict_case at = {
		.look = &round->look,
		.candidate = candidate,
		.state = state_of(round, candidate),
		.guardrails = guardrails,
		.max_queued = round->eval->settings->max_queued,
	};
	struct uuid id;
	cJSON *ask = at.state != NULL ? judge_decide(&at, &id) : NULL;

	if (ask == NULL)
		return;
	batch_add(&round->batch, ask);
	count_asked(round, candidate->uid);
	if (candidate->reask == NULL)
		metric_add(daemon_metrics(round->eval->daemon), "rule_fires_total", NULL,
			"Rules that were true and free to ask.", 1);
}

/* The guardrails of one user, NULL and a log line when they cannot be read: then nothing is asked of that user. */
static bool read_guardrails(struct round *round, const struct pg_answer *answer, const char *uid,
	struct guardrails *out)
{
	AUTO(json_free) cJSON *document = NULL;
	struct json_fault fault;
	struct guardrail_row row;
	struct err err = {"not answered"};

	for (size_t i = 0; i < db_count(answer); i++) {
		if (db_guardrail(answer, i, &row, &err) < 0 || strcmp(row.uid, uid) != 0)
			continue;
		if (row.in_force == NULL)
			break;
		if (json_parse(row.in_force, strlen(row.in_force), &document, &fault) == 0 &&
			guardrails_read(document, out, &err) == 0)
			return true;
		break;
	}
	log_error(round->eval->log, "guardrails.unreadable", "nothing is asked of this user",
		LOG_TEXT("uid", uid), LOG_TEXT("why", err.text));
	return false;
}

static void decide_all(struct round *round, const struct pg_answer *answer)
{
	struct guardrails guardrails = {0};
	const char *uid = "";
	bool known = false;

	for (size_t i = 0; i < round->chunk; i++) {
		const struct candidate *candidate = &round->candidates[round->at + i];

		if (strcmp(candidate->uid, uid) != 0) {
			guardrails_done(&guardrails);
			uid = candidate->uid;
			known = read_guardrails(round, answer, uid, &guardrails);
		}
		if (known)
			decide(round, candidate, &guardrails);
	}
	guardrails_done(&guardrails);
}

static void guarded(void *owner, const struct pg_answer *answer)
{
	struct round *round = owner;

	if (answer->outcome != PG_DONE) {
		end(round, false, answer->error);
		return;
	}
	decide_all(round, answer);
	round->at += round->chunk;
	batch_commit(&round->batch, round->eval, evaluated_at(round), committed, round);
}

/* Points a state's texts at the candidate's, which live as long as the round. */
static bool keep_state(struct round *round, const struct state_row *row)
{
	for (size_t i = 0; i < round->chunk; i++) {
		const struct candidate *candidate = &round->candidates[round->at + i];

		if (strcmp(candidate->uid, row->uid) != 0 ||
			strcmp(candidate->rule_id, row->rule_id) != 0 ||
			strcmp(candidate->symbol.text, row->symbol) != 0)
			continue;
		round->states[round->state_count++] = (struct state_row){
			candidate->uid, candidate->rule_id, candidate->symbol.text, row->state};
		return true;
	}
	return false;
}

static void stated(void *owner, const struct pg_answer *answer)
{
	struct round *round = owner;

	if (answer->outcome != PG_DONE) {
		end(round, false, answer->error);
		return;
	}
	round->state_count = 0;
	alloc_free(&round->states);
	round->states = alloc_array(round->chunk + 1, sizeof(*round->states));
	for (size_t i = 0; i < db_count(answer) && round->state_count < round->chunk; i++) {
		struct state_row row;
		struct err err;

		if (db_state(answer, i, &row, &err) < 0)
			leave_out(round, "instance_states", &err);
		else if (!keep_state(round, &row))
			log_debug(round->eval->log, "state.unasked", "a state nobody asked for",
				LOG_TEXT("uid", row.uid));
	}
}

/* jsonb text: the chunk's uids, each once; candidates come by uid. */
static char *print_uids(const struct round *round)
{
	AUTO(json_free) cJSON *list = cJSON_CreateArray();
	const char *before = "";

	for (size_t i = 0; i < round->chunk; i++) {
		const char *uid = round->candidates[round->at + i].uid;

		if (strcmp(uid, before) != 0)
			cJSON_AddItemToArray(list, cJSON_CreateString(uid));
		before = uid;
	}
	return json_print(list);
}

static void next_chunk(struct round *round)
{
	size_t left = round->count - round->at;

	round->chunk = left < CHUNK ? left : CHUNK;
	if (round->chunk == 0) {
		batch_commit(&round->batch, round->eval, evaluated_at(round), committed, round);
		return;
	}

	AUTO(alloc_free)
	char *keys = judge_keys(round->candidates + round->at, round->chunk);
	AUTO(alloc_free) char *uids = print_uids(round);
	db_states(round->eval->pg, keys, round->eval->settings->test_mode ? "test" : NULL, stated,
		round);
	db_guardrails(round->eval->pg, uids, guarded, round);
}

static void timed(void *owner, const struct pg_answer *answer)
{
	struct round *round = owner;
	struct err err;

	if (answer->outcome != PG_DONE)
		end(round, false, answer->error);
	else if (db_now(answer, &round->look.now, &err) < 0)
		end(round, false, err.text);
}

/* The time that came with the rows, where there are any, is the one to judge them by. */
static void read_rows(struct round *round, const struct pg_answer *answer)
{
	size_t count = db_count(answer);

	round->rows = alloc_array(count + 1, sizeof(*round->rows));
	for (size_t i = 0; i < count; i++) {
		struct observation *row = &round->rows[round->look.nrows];
		struct err err;

		if (db_observation(answer, i, row, &round->look.now, &err) < 0)
			leave_out(round, "market_latest", &err);
		else
			round->look.nrows++;
	}
	round->look.rows = round->rows;
}

static void looked(void *owner, const struct pg_answer *answer)
{
	struct round *round = owner;

	if (answer->outcome != PG_DONE) {
		end(round, false, answer->error);
		return;
	}
	read_rows(round, answer);
	round->look.reasks = round->reasks;
	round->look.nreasks = round->nreasks;
	round->candidates = judge_look(&round->look, &round->count);
	next_chunk(round);
}

static void reasked(void *owner, const struct pg_answer *answer)
{
	struct round *round = owner;

	if (answer->outcome != PG_DONE) {
		end(round, false, answer->error);
		return;
	}
	round->reasks = alloc_array(db_count(answer) + 1, sizeof(*round->reasks));
	for (size_t i = 0; i < db_count(answer); i++) {
		struct err err;

		if (db_reask(answer, i, &round->reasks[round->nreasks], &err) < 0)
			leave_out(round, "reasks_due", &err);
		else
			round->nreasks++;
	}
}

static void counted_days(void *owner, const struct pg_answer *answer)
{
	struct round *round = owner;
	struct err err;

	if (answer->outcome != PG_DONE) {
		end(round, false, answer->error);
		return;
	}
	if (db_read_days(answer, &round->days, &round->calendar.ndays, &err) < 0) {
		end(round, false, err.text);
		return;
	}
	round->calendar.days = round->days;
}

void round_begin(struct round *round)
{
	struct eval *eval = round->eval;
	AUTO(alloc_free) char *symbols = book_begin_look(eval->book);

	clear(round);
	faults_begin(round->faults);
	round->look = (struct look){
		.book = eval->book,
		.calendar = &round->calendar,
		.test_mode = eval->settings->test_mode,
		.hooks = {on_evaluated, on_quiet, eval},
	};
	db_days(eval->pg, counted_days, round);
	db_clock(eval->pg, timed, round);
	db_reasks(eval->pg, reasked, round);
	db_market(eval->pg, symbols, looked, round);
}

void round_stop(struct round *round)
{
	pg_forget(round->eval->pg, round);
	clear(round);
}

struct round *round_new(struct eval *eval, round_done_fn *done)
{
	struct round *round = alloc_zero(sizeof(*round));

	round->eval = eval;
	round->done = done;
	round->faults = faults_new();
	return round;
}

void round_free(struct round **round)
{
	if (*round == NULL)
		return;
	round_stop(*round);
	faults_free(&(*round)->faults);
	alloc_free(round);
}
