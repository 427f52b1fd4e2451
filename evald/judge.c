/* judge.c - see judge.h. */
#include "evald/judge.h"

#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "common/sys/must.h"

static int compare_rows(const void *left, const void *right)
{
	const struct observation *a = left;
	const struct observation *b = right;

	return strcmp(a->symbol.text, b->symbol.text);
}

/* The rows of the symbol at the cursor; both lists are in the order of symbols. */
static struct market rows_of(const struct look *look, const char *symbol, size_t *cursor)
{
	size_t from = *cursor;
	size_t to;

	while (from < look->nrows && strcmp(look->rows[from].symbol.text, symbol) < 0)
		from++;
	to = from;
	while (to < look->nrows && strcmp(look->rows[to].symbol.text, symbol) == 0)
		to++;
	*cursor = from;
	return (struct market){look->rows + from, to - from};
}

static void note_quiet(const struct look *look, struct armed *armed, enum reason reason)
{
	const struct quiet_change change = {
		armed->person->uid, armed->rule->id, armed->target->symbol.text, reason};
	bool changed = *armed->quiet != reason;

	*armed->quiet = reason;
	if (reason != REASON_NONE || changed)
		look->hooks.quiet(look->hooks.owner, &change, changed);
}

static struct candidate make_candidate(
	const struct armed *armed, const struct evaluation *evaluation, const struct reask *reask)
{
	struct candidate candidate = {
		.uid = alloc_text(armed->person->uid),
		.stamp = armed->person->stamp,
		.symbol = armed->target->symbol,
		.evaluation = *evaluation,
		.reask = reask,
	};

	memcpy(candidate.rule_id, armed->rule->id, sizeof(candidate.rule_id));
	return candidate;
}

/* Order within a person: the place in the document, remembered beside the candidate while sorting. */
struct placed {
	struct candidate candidate;
	const struct rule *rule;
	const struct rule_target *target;
};

static int compare_placed(const void *left, const void *right)
{
	const struct placed *a = left;
	const struct placed *b = right;
	int r = strcmp(a->candidate.uid, b->candidate.uid);

	if (r == 0)
		r = (a->rule > b->rule) - (a->rule < b->rule);
	if (r == 0)
		r = (a->target > b->target) - (a->target < b->target);
	return r;
}

static struct candidate *in_document_order(struct placed *placed, size_t count)
{
	struct candidate *candidates = alloc_array(count + 1, sizeof(*candidates));

	if (count > 0)
		qsort(placed, count, sizeof(*placed), compare_placed);
	for (size_t i = 0; i < count; i++)
		candidates[i] = placed[i].candidate;
	return candidates;
}

static const struct reask *find_reask(const struct look *look, const struct armed *armed)
{
	for (size_t i = 0; i < look->nreasks; i++) {
		const struct reask *reask = &look->reasks[i];

		if (strcmp(reask->uid, armed->person->uid) == 0 &&
			strcmp(reask->rule_id, armed->rule->id) == 0 &&
			strcmp(reask->symbol.text, armed->target->symbol.text) == 0)
			return reask;
	}
	return NULL;
}

struct candidate *judge_look(const struct look *look, size_t *count_out)
{
	AUTO(alloc_free) struct placed *placed = NULL;
	size_t count = 0;
	size_t cursor = 0;

	if (look->nrows > 0)
		qsort(look->rows, look->nrows, sizeof(*look->rows), compare_rows);
	for (size_t i = 0; i < book_count(look->book); i++) {
		struct armed *armed = book_at(look->book, i);
		struct market market = rows_of(look, armed->target->symbol.text, &cursor);
		struct evaluation evaluation;

		if (!armed->asked)
			continue;
		rule_evaluate(armed->rule, armed->target, &market, look->calendar, look->now,
			&evaluation);
		look->hooks.evaluated(look->hooks.owner, armed->rule, &evaluation);

		const struct reask *reask = find_reask(look, armed);
		if (evaluation.value == TRI_UNKNOWN ||
			(evaluation.value == TRI_FALSE && reask == NULL)) {
			note_quiet(look, armed, evaluation.reason);
			continue;
		}
		placed = alloc_grow(placed, count + 1, sizeof(*placed));
		placed[count++] = (struct placed){
			make_candidate(armed, &evaluation, reask), armed->rule, armed->target};
	}
	*count_out = count;
	return in_document_order(placed, count);
}

void candidates_free(struct candidate **candidates, size_t count)
{
	for (size_t i = 0; i < count; i++)
		alloc_free(&(*candidates)[i].uid);
	alloc_free(candidates);
}

char *judge_keys(const struct candidate candidates[], size_t count)
{
	AUTO(json_free) cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++) {
		cJSON *key = cJSON_CreateObject();

		json_add_text(key, "firebase_uid", candidates[i].uid);
		json_add_text(key, "rule_id", candidates[i].rule_id);
		json_add_text(key, "symbol", candidates[i].symbol.text);
		cJSON_AddItemToArray(list, key);
	}
	return json_print(list);
}

/* The candidate's instance as it is armed now, NULL when its document is another one. */
static struct armed *find_again(const struct look *look, const struct candidate *candidate)
{
	struct armed *armed =
		book_find(look->book, candidate->uid, candidate->rule_id, candidate->symbol.text);

	if (armed == NULL || armed->person->stamp.version != candidate->stamp.version ||
		armed->person->stamp.template_version != candidate->stamp.template_version)
		return NULL;
	return armed;
}

/* A re-ask stays on its account, and asks for an order. */
static bool may_follow(const struct armed *armed, const struct reask *reask)
{
	return reask == NULL || (armed->person->config->mode == reask->mode &&
					armed->rule->action == ACTION_PROPOSE_ORDER);
}

cJSON *judge_decide(const struct verdict_case *verdict_case, struct uuid *id_out)
{
	const struct look *look = verdict_case->look;
	const struct candidate *candidate = verdict_case->candidate;
	struct armed *armed = find_again(look, candidate);
	struct decision decision;

	if (armed == NULL || !may_follow(armed, candidate->reask))
		return NULL;

	const struct decision_case at = {
		.config = armed->person->config,
		.rule = armed->rule,
		.target = armed->target,
		.evaluation = &candidate->evaluation,
		.state = verdict_case->state,
		.guardrails = verdict_case->guardrails,
		.calendar = look->calendar,
		.again = candidate->reask != NULL,
		.enabled = armed->person->stamp.enabled,
		.max_queued = verdict_case->max_queued,
		.now = look->now,
	};
	decision_make(&at, &decision);
	/* What is asked in test mode is paper, and the claim takes no paper order of a live person. */
	if (decision.ask && look->test_mode && armed->person->config->mode == MODE_LIVE)
		decision = (struct decision){.reason = REASON_LIVE_NOT_ALLOWED};
	note_quiet(look, armed, decision.ask ? REASON_NONE : decision.reason);
	if (!decision.ask)
		return NULL;

	const struct fire fire = {
		.person = armed->person,
		.rule = armed->rule,
		.target = armed->target,
		.evaluation = &candidate->evaluation,
		.offer = armed->rule->action == ACTION_PROPOSE_ORDER ? &decision.offer : NULL,
		.reask = candidate->reask,
		.now = look->now,
		.expires_at = decision.expires_at,
		.test_mode = look->test_mode,
	};
	return ask_proposal(&fire, id_out);
}

void judge_quiet(const struct look *look, const char *uid, const char *rule_id, const char *symbol,
	enum reason reason)
{
	struct armed *armed = book_find(look->book, uid, rule_id, symbol);

	if (armed != NULL)
		note_quiet(look, armed, reason);
}
