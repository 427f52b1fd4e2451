/*
 * decision.c - the checks in the order in which they explain most: switched off, held, quiet, closed, over a limit.
 */
#include "common/trading/decision.h"
#include "common/sys/must.h"

enum {
	LEAST_LIFE_SECONDS = 30, /* a question with less left is not asked */
};

static bool proposes(const struct rule *rule)
{
	return rule->action == ACTION_PROPOSE_ORDER;
}

/* Sells reduce the user's own position: only operator caps, halts and mode bind them. */
static bool buys(const struct rule *rule)
{
	return proposes(rule) && rule->order.side == SIDE_BUY;
}

static enum reason judge_switches(const struct decision_case *at)
{
	if (!at->enabled || !at->config->enabled || !at->rule->enabled)
		return REASON_DISABLED;
	if (!proposes(at->rule))
		return REASON_NONE;
	if (at->state->halt_level == HALT_HALTED)
		return REASON_HALTED;
	if (at->state->halt_level == HALT_REDUCING && buys(at->rule))
		return REASON_HALTED;
	if (at->config->mode == MODE_LIVE && !at->guardrails->live_allowed)
		return REASON_LIVE_NOT_ALLOWED;

	return REASON_NONE;
}

/* The last answer was a no: -10, or an ambiguity that nothing follows any more. */
static bool skipped(const struct instance_state *state)
{
	return state->last_decision == BAND_SKIP || state->last_decision == BAND_AMBIGUOUS;
}

static enum reason judge_quiet(const struct decision_case *at)
{
	const struct tunables *tunables = &at->rule->tunables;
	const struct instance_state *state = at->state;
	struct wall cool;

	if (at->again)
		return REASON_NONE;
	if (state->awaiting)
		return REASON_AWAITING;
	if (tunables->pause_after_skips > 0 && state->skips_in_row >= tunables->pause_after_skips)
		return REASON_PAUSED_BY_SKIPS;
	if (state->has_fired) {
		cool = wall_add(state->last_asked_at, span_sec(tunables->cooldown_seconds));
		if (at->now.us < cool.us || at->evaluation->as_of.us <= state->last_as_of.us)
			return REASON_COOLDOWN;
	}
	if (skipped(state) && tunables->after_skip == AFTER_SKIP_SESSION &&
		!calendar_next_day_begun(
			at->calendar, at->rule->asset_class, state->last_answered_at, at->now))
		return REASON_COOLDOWN;
	if (state->fires_today >= tunables->max_fires_per_day)
		return REASON_MAX_FIRES;

	return REASON_NONE;
}

/* When its order could be sent: the regular session, the extended one where rule and guardrails both say so. */
static enum rule_session order_session(const struct decision_case *at)
{
	return proposes(at->rule) && at->rule->order.extended_hours &&
			       at->guardrails->allow_extended_hours
		       ? SESSION_EXTENDED
		       : SESSION_REGULAR;
}

/* A proposal is asked only while its order could be sent. */
static enum reason judge_market(const struct decision_case *at)
{
	if (!proposes(at->rule) || at->rule->asset_class == ASSET_CRYPTO)
		return REASON_NONE;
	if (!calendar_covers(at->calendar, ny_date(at->now)))
		return REASON_NO_CALENDAR;
	if (!calendar_in_session(at->calendar, order_session(at), at->now))
		return REASON_MARKET_CLOSED;

	return REASON_NONE;
}

static enum reason judge_size(const struct decision_case *at, const struct offer *offer)
{
	const struct guardrails *guardrails = at->guardrails;

	if (guardrails->has_hard_cap && offer->cost.nano > guardrails->hard_cap.nano)
		return REASON_MAX_NOTIONAL_USD_PER_ORDER;
	if (!buys(at->rule))
		return REASON_NONE;
	if (offer->cost.nano > guardrails->max_notional_per_order.nano)
		return REASON_MAX_NOTIONAL_USD_PER_ORDER;
	if (offer->cost.nano > guardrails->max_notional_per_4h.nano)
		return REASON_MAX_NOTIONAL_USD_PER_4H;

	return REASON_NONE;
}

/* The size as it would be shown, within what is held and allowed. */
static enum reason make_offer(const struct decision_case *at, struct offer *out)
{
	enum reason reason;

	if (!proposes(at->rule))
		return REASON_NONE;

	reason = offer_make(at->rule, at->evaluation->price, &at->state->holding, out);
	return reason != REASON_NONE ? reason : judge_size(at, out);
}

static enum reason judge_limits(const struct decision_case *at)
{
	const struct guardrails *guardrails = at->guardrails;
	const char *symbol = at->target->symbol.text;

	if (!buys(at->rule))
		return REASON_NONE;
	if (guardrails_block(guardrails, symbol))
		return REASON_SYMBOLS_BLOCKLIST;
	if (!guardrails_allow(guardrails, symbol))
		return REASON_SYMBOLS_ALLOWLIST;
	if (at->state->orders_today >= guardrails->max_orders_per_day)
		return REASON_MAX_ORDERS_PER_DAY;
	if (at->rule->order.extended_hours && !guardrails->allow_extended_hours)
		return REASON_ALLOW_EXTENDED_HOURS;

	return REASON_NONE;
}

static enum reason judge_attention(const struct decision_case *at)
{
	const struct instance_state *state = at->state;

	if (state->open_questions >= at->max_queued)
		return REASON_QUESTION_BUDGET;
	if (state->open_questions >= at->guardrails->max_open_questions)
		return REASON_QUESTION_BUDGET;
	if (state->questions_today >= at->guardrails->max_questions_per_day)
		return REASON_QUESTION_BUDGET;

	return REASON_NONE;
}

void decision_make(const struct decision_case *decision_case, struct decision *out)
{
	static enum reason (*const steps[])(const struct decision_case *) = {
		judge_switches, judge_quiet, judge_market, judge_limits};
	struct decision_case at = *decision_case;
	struct guardrails defaults;
	size_t i;

	*out = (struct decision){.reason = at.evaluation->reason};
	if (at.evaluation->value != TRI_TRUE && !(at.again && at.evaluation->value == TRI_FALSE))
		return;
	if (!at.guardrails) {
		guardrails_default(&defaults);
		at.guardrails = &defaults;
	}

	for (i = 0; i < LENGTH(steps) && out->reason == REASON_NONE; i++)
		out->reason = steps[i](&at);
	if (out->reason == REASON_NONE)
		out->reason = make_offer(&at, &out->offer);
	if (out->reason == REASON_NONE)
		out->reason = judge_attention(&at);
	if (out->reason != REASON_NONE)
		return;
	if (!decision_expiry(at.rule, at.calendar, order_session(&at), at.now, &out->expires_at)) {
		out->reason = REASON_MARKET_CLOSED;
		return;
	}
	out->ask = true;
}

bool decision_expiry(const struct rule *rule, const struct calendar *calendar,
	enum rule_session session, struct wall now, struct wall *out)
{
	const struct tunables *tunables = &rule->tunables;
	struct wall end = wall_add(now, span_sec(tunables->question_ttl_seconds));
	struct wall close;
	int64_t margin;

	if (rule->asset_class == ASSET_US_EQUITY &&
		calendar_session_close(calendar, session, now, &close)) {
		margin = tunables->close_buffer_seconds + tunables->undo_seconds;
		close = wall_add(close, span_sec(-margin));
		if (close.us < end.us)
			end = close;
	}
	if (wall_since(end, now).us < span_sec(LEAST_LIFE_SECONDS).us)
		return false;

	*out = end;
	return true;
}

enum decision_band decision_band(const struct tunables *tunables, struct qty answer)
{
	if (answer.nano >= tunables->approve_min.nano)
		return BAND_APPROVE;
	if (answer.nano <= tunables->skip_max.nano)
		return BAND_SKIP;

	return BAND_AMBIGUOUS;
}
