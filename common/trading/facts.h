/*
 * facts.h - what a question binds a yes to: metadata.facts, its digest, and the evidence, all from the order itself
 * and not from the template.
 */
#pragma once

#include "common/sys/clock.h"
#include "common/sys/digest.h"
#include "common/sys/json.h"
#include "common/trading/config.h"
#include "common/trading/offer.h"
#include "common/trading/rule.h"

struct facts_values {
	const struct rule *rule;
	const struct offer *offer; /* NULL: notify_only */
	const char *symbol;
	enum trading_mode mode;
	struct price price;
	struct wall as_of;
	struct wall now;
	struct wall expires_at;
};

/*
 * {side, symbol, notional_usd or qty, estimated_cost_usd, price, price_age_seconds, mode, expires_at}; for notify_only
 * without side, size and cost. What is not a plain market order also says order_type and limit_price, time_in_force and
 * extended_hours. Money and quantities are decimal strings, the age is a whole number. Caller frees.
 */
cJSON *facts_new(const struct facts_values *values);
/* Hex SHA-256 of the canonical text. */
void facts_digest(const cJSON *facts, char out[static DIGEST_TEXT]);
/* [{id (a string), symbol, metric, price, as_of}], in the order of evaluation->used. Caller frees. */
cJSON *facts_evidence(const struct evaluation *evaluation);
/* {facts, facts_digest, evidence}: questions.metadata. Caller frees. */
cJSON *facts_metadata(const struct facts_values *values, const struct evaluation *evaluation);
