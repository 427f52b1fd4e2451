/*
 * ask.h - a fire becomes a question as eval_commit takes it: text, facts, evidence, what a yes would order, and the
 * tunables that were in force. Pure.
 */
#pragma once

#include <stdint.h>

#include "common/sys/err.h"
#include "common/sys/json.h"
#include "common/sys/uuid.h"
#include "common/trading/config.h"
#include "common/trading/offer.h"
#include "common/trading/people.h"
#include "common/trading/rule.h"

/* A row of reasks_due(): a yes whose price had drifted when its order was to be sent. */
struct reask {
	char *uid;
	char rule_id[CONFIG_ID_TEXT];
	struct symbol symbol;
	struct uuid question_id, chain_id;
	int64_t attempt;   /* of the question that was answered */
	struct wall as_of; /* of the row that fired the chain */
	struct price price_asked;
	enum trading_mode mode;
};

/* A rule that is true and may ask; all borrowed. */
struct fire {
	const struct person *person;
	const struct rule *rule;
	const struct rule_target *target;
	const struct evaluation *evaluation;
	const struct offer *offer; /* with ACTION_PROPOSE_ORDER; else NULL */
	const struct reask
		*reask; /* NULL: a fire; else a drifted yes is asked again at this price */
	struct wall now;
	struct wall expires_at;
	bool test_mode; /* in paper mode, about the broker account `test` */
};

/* The first question of a chain, or a re-ask in it: then with a kind, id and attempt of its own, metadata.reask
 * {question_id, price_asked} of the one before, and everything else as it is now. The caller frees it. */
cJSON *ask_proposal(const struct fire *fire, struct uuid *id_out);

/* A row of follow_ups_due(): a question whose answer decided nothing. Texts are borrowed. */
struct owed {
	const char *uid, *rule_id, *symbol, *asset_class;
	struct wall now, as_of, expires_at;
	struct uuid question_id, chain_id;
	int64_t attempt;	   /* of the question that was answered */
	const char *question_text; /* of the chain's first question */
	const char *source_tag;
	int64_t config_version, template_version;
	const char *mode, *broker_account;
	const char *metadata; /* jsonb text: the same facts bind the follow-up */
	const char *proposal; /* jsonb text in the shape that ask_proposal wrote; NULL = none */
};

/* "Please decide: " and the first text, until the first question's expiry. -EINVAL when the row's JSON is none. */
int ask_follow_up(
	const struct owed *owed, cJSON **ask_out, struct uuid *id_out, struct err *err) MUST_CHECK;
