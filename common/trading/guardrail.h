/*
 * guardrail.h - the limits in force, as SQL's guardrails_in_force() answered: read, never merged here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sys/decimal.h"
#include "common/sys/err.h"
#include "common/sys/json.h"
#include "common/trading/config.h"

struct guardrails {
	int64_t max_orders_per_day;
	int64_t max_open_questions;
	int64_t max_questions_per_day;
	struct cash max_notional_per_order; /* never above the 4-hour limit */
	struct cash max_notional_per_4h;
	/* What the operator's hard limits allow one order; has_hard_cap false = not told. */
	bool has_hard_cap;
	struct cash hard_cap;
	bool live_allowed; /* hard_limits, both rows; false when not told */
	bool allow_extended_hours;
	struct symbol *blocklist;
	size_t nblocklist;
	bool has_allowlist; /* else every symbol of data_inputs is allowed */
	struct symbol *allowlist;
	size_t nallowlist;
};

/* The defaults of docs/configuration.md, "guardrails". */
void guardrails_default(struct guardrails *guardrails);
/*
 * Keys of docs/configuration.md, "guardrails", as JSON numbers or decimal strings; an absent key takes its default.
 * The operator's own part stands in member `hard` (max_notional_usd_per_order, max_notional_usd_per_4h, live_allowed)
 * where SQL tells. -EINVAL names the key; *out then holds nothing to free.
 */
int guardrails_read(const cJSON *in_force, struct guardrails *out, struct err *err) MUST_CHECK;
void guardrails_done(struct guardrails *guardrails);

/* Is the symbol on the blocklist? Does the allowlist let it pass (none lets everything)? */
bool guardrails_block(const struct guardrails *guardrails, const char *symbol);
bool guardrails_allow(const struct guardrails *guardrails, const char *symbol);
