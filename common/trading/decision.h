/*
 * decision.h - to ask or not to ask. Pure; SQL's eval_commit rechecks what another session may have changed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/sys/clock.h"
#include "common/trading/calendar.h"
#include "common/trading/config.h"
#include "common/trading/guardrail.h"
#include "common/trading/offer.h"
#include "common/trading/reason.h"
#include "common/trading/rule.h"

/* One row of instance_states(). */
struct instance_state {
	bool awaiting; /* a question open, a follow-up owed, or its order not final */
	bool has_fired;
	struct wall last_as_of;	   /* with has_fired */
	struct wall last_asked_at; /* with has_fired: created_at of the last fire's own question */
	int64_t fires_today;
	int64_t skips_in_row;
	enum decision_band last_decision;
	struct wall last_answered_at; /* with last_decision */
	int64_t open_questions;	      /* of the user, all pipelines, notices excluded */
	int64_t questions_today;
	enum halt_level halt_level;
	int64_t orders_today;
	struct holding holding; /* of the symbol, on the account of the mode in force */
};

struct decision_case {
	const struct config *config;
	const struct rule *rule;
	const struct rule_target *target;
	const struct evaluation *evaluation;
	const struct instance_state *state;
	const struct guardrails *guardrails; /* NULL = unknown: the defaults (guardrail.h) */
	const struct calendar *calendar;
	/* A drifted yes: the person is asked again at the new price, whether or not the condition still holds; that is
	 * no fire, so that no cooldown and no count of fires holds it back. */
	bool again;
	bool enabled;	    /* user_trading_config.enabled AND TRADING_ENABLED */
	int64_t max_queued; /* MAX_QUEUED_QUESTIONS */
	struct wall now;
};

struct decision {
	bool ask;
	enum reason
		reason; /* why not; REASON_NONE when the condition is simply false, and with ask */
	struct wall expires_at; /* with ask */
	struct offer offer;	/* with ask and ACTION_PROPOSE_ORDER */
};

void decision_make(const struct decision_case *decision_case, struct decision *out);

/*
 * min(now + ttl, session's close - close_buffer - undo), the ttl alone outside a session and for crypto.
 * false (MARKET_CLOSED) when less than 30 seconds are left.
 */
bool decision_expiry(const struct rule *rule, const struct calendar *calendar,
	enum rule_session session, struct wall now, struct wall *out);

/* approve_min and skip_max on an answer (nine decimals). */
enum decision_band decision_band(const struct tunables *tunables, struct qty answer);
