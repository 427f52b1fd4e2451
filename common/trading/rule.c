/*
 * rule.c - evaluation. A leaf is unknown as soon as one thing it needs is missing, stale, out of session or suspect;
 * the first such thing names the reason.
 */
#include <string.h>

#include "common/sys/must.h"
#include "common/trading/rule.h"
#include "common/trading/suspect.h"

/* What all steps of one evaluation look at. */
struct look {
	const struct rule *rule;
	const struct rule_target *target;
	const struct market *market;
	const struct calendar *calendar;
	struct wall now;
	struct evaluation *out;
};

enum tri rule_below_pct(struct price price, struct price ref, struct pct threshold)
{
	__int128 move, bound;

	if (price.nano <= 0 || ref.nano <= 0)
		return TRI_UNKNOWN;

	/* Both sides times 10^9, since the threshold counts in nano: below 2^126 for any input. */
	move = ((__int128)price.nano - ref.nano) * 100 * DECIMAL_ONE;
	bound = (__int128)threshold.nano * ref.nano;
	return move <= bound ? TRI_TRUE : TRI_FALSE;
}

enum tri rule_above_pct(struct price price, struct price ref, struct pct threshold)
{
	__int128 move, bound;

	if (price.nano <= 0 || ref.nano <= 0)
		return TRI_UNKNOWN;

	move = ((__int128)price.nano - ref.nano) * 100 * DECIMAL_ONE;
	bound = (__int128)threshold.nano * ref.nano;
	return move >= bound ? TRI_TRUE : TRI_FALSE;
}

static enum market_metric price_row(enum price_metric metric)
{
	switch (metric) {
	case PRICE_LAST_TRADE:
		break;
	case PRICE_MID_QUOTE:
		return METRIC_LAST_QUOTE;
	case PRICE_MINUTE_BAR_CLOSE:
		return METRIC_MINUTE_BAR;
	}
	return METRIC_LAST_TRADE;
}

unsigned rule_price_metric(enum price_metric metric)
{
	return 1u << price_row(metric);
}

unsigned rule_ref_metric(enum ref_metric metric)
{
	return 1u << (metric == REF_PREV_CLOSE ? METRIC_PREV_CLOSE : METRIC_DAILY_BAR);
}

static const struct observation *find(const struct look *look, enum market_metric metric)
{
	return market_find(look->market, look->target->symbol.text, look->rule->asset_class,
		look->target->input->feed, metric);
}

static void use(struct evaluation *out, const struct observation *row)
{
	must(out->nused < EVALUATION_ROWS);
	out->used[out->nused++] = row;
}

static bool fresh(const struct look *look, const struct observation *row)
{
	int64_t age = wall_since(look->now, row->as_of).us;
	int64_t most = span_sec(look->target->max_staleness_seconds).us;

	/* As far in the future as it may be in the past: beyond that one of the clocks is wrong. */
	return age <= most && age >= -most;
}

/* Is the row of the very session that now is in? A bar's as_of is its end, so its last instant is what counts. */
static bool in_this_session(const struct look *look, const struct observation *row)
{
	struct wall at = row->as_of;

	if (row->metric == METRIC_MINUTE_BAR)
		at.us--;
	if (date_compare(ny_date(at), ny_date(look->now)) != 0)
		return false;

	return calendar_in_session(look->calendar, look->rule->tunables.session, at);
}

static enum reason judge_session(const struct look *look)
{
	if (look->rule->asset_class == ASSET_CRYPTO)
		return REASON_NONE;
	if (look->rule->tunables.session == SESSION_ANY)
		return REASON_NONE;
	if (!calendar_covers(look->calendar, ny_date(look->now)))
		return REASON_NO_CALENDAR;
	if (!calendar_in_session(look->calendar, look->rule->tunables.session, look->now))
		return REASON_MARKET_CLOSED;

	return REASON_NONE;
}

static enum reason judge_price(struct look *look)
{
	const struct observation *row = find(look, price_row(look->rule->price_metric));

	if (!row)
		return REASON_METRIC_MISSING;

	use(look->out, row);
	look->out->as_of = row->as_of;
	look->out->price = row->price;
	if (row->metric == METRIC_LAST_QUOTE && !market_midpoint(row, &look->out->price))
		return REASON_METRIC_MISSING;
	if (row->suspect)
		return REASON_SUSPECT_PRICE;
	if (!fresh(look, row))
		return REASON_STALE;
	if (look->rule->asset_class == ASSET_US_EQUITY &&
		look->rule->tunables.session != SESSION_ANY && !in_this_session(look, row))
		return REASON_STALE_NOT_IN_SESSION;

	return REASON_NONE;
}

/* The date that a prev_close (or today's daily bar) must carry; REASON_NONE and *out. */
static enum reason due_date(const struct look *look, enum market_metric metric, struct date *out)
{
	const struct calendar_day *day;
	struct date today = ny_date(look->now);

	if (look->rule->asset_class == ASSET_CRYPTO) {
		today = date_utc(look->now);
		*out = metric == METRIC_PREV_CLOSE ? date_add_days(today, -1) : today;
		return REASON_NONE;
	}
	if (!calendar_covers(look->calendar, today))
		return REASON_NO_CALENDAR;
	if (metric == METRIC_DAILY_BAR) {
		*out = today;
		return REASON_NONE;
	}
	day = calendar_previous(look->calendar, today);
	*out = day->date;
	return REASON_NONE;
}

static struct price ref_of(const struct observation *row, enum ref_metric metric)
{
	switch (metric) {
	case REF_PREV_CLOSE:
		break;
	case REF_DAY_OPEN:
		return row->open;
	case REF_DAY_HIGH:
		return row->high;
	case REF_DAY_LOW:
		return row->low;
	}
	return row->price;
}

static enum reason judge_ref(struct look *look)
{
	enum market_metric metric = METRIC_DAILY_BAR;
	const struct observation *row;
	enum reason reason;
	struct date due;

	if (look->rule->ref_metric == REF_PREV_CLOSE)
		metric = METRIC_PREV_CLOSE;
	row = find(look, metric);
	if (!row)
		return REASON_METRIC_MISSING;

	use(look->out, row);
	look->out->ref = ref_of(row, look->rule->ref_metric);
	if (row->suspect)
		return REASON_SUSPECT_PRICE;
	reason = due_date(look, metric, &due);
	if (reason != REASON_NONE)
		return reason;
	if (date_compare(row->session_date, due) != 0)
		return REASON_STALE_NOT_IN_SESSION;

	return REASON_NONE;
}

/* The close that a jump is measured against: only one of the right date; NULL when there is none. */
static const struct observation *prior_close(const struct look *look)
{
	const struct observation *row = find(look, METRIC_PREV_CLOSE);
	struct date due;

	if (!row || row->suspect)
		return NULL;
	if (due_date(look, METRIC_PREV_CLOSE, &due) != REASON_NONE)
		return NULL;

	return date_compare(row->session_date, due) == 0 ? row : NULL;
}

static enum reason judge_suspicion(struct look *look)
{
	static const enum market_metric seconds[] = {
		METRIC_LAST_QUOTE, METRIC_MINUTE_BAR, METRIC_LAST_TRADE};
	const struct observation *price = look->out->used[0];
	const struct observation *close = prior_close(look);
	const struct observation *row, *witness;
	size_t i;

	row = find(look, METRIC_LAST_QUOTE);
	if (price->metric == METRIC_LAST_TRADE && row && fresh(look, row) &&
		suspect_far_from_quote(look->out->price, row))
		return REASON_SUSPECT_PRICE;
	if (!close || !suspect_jump(look->out->price, close->price))
		return REASON_NONE;

	witness = NULL;
	for (i = 0; i < LENGTH(seconds) && !witness; i++) {
		row = find(look, seconds[i]);
		if (row && row != price && !row->suspect && fresh(look, row) &&
			suspect_agrees(look->out->price, row))
			witness = row;
	}
	if (!witness)
		return REASON_SUSPECT_PRICE;

	use(look->out, witness);
	return REASON_NONE;
}

static enum tri compare(const struct look *look)
{
	const struct evaluation *out = look->out;

	switch (look->rule->type) {
	case RULE_PRICE_BELOW_PCT_OF_REF:
		break;
	case RULE_PRICE_ABOVE_PCT_OF_REF:
		return rule_above_pct(out->price, out->ref, look->rule->threshold);
	}
	return rule_below_pct(out->price, out->ref, look->rule->threshold);
}

void rule_evaluate(const struct rule *rule, const struct rule_target *target,
	const struct market *market, const struct calendar *calendar, struct wall now,
	struct evaluation *out)
{
	static enum reason (*const steps[])(struct look *) = {
		judge_price, judge_ref, judge_suspicion};
	struct look look = {rule, target, market, calendar, now, out};
	size_t i;

	*out = (struct evaluation){.value = TRI_UNKNOWN};
	out->reason = judge_session(&look);
	for (i = 0; i < LENGTH(steps) && out->reason == REASON_NONE; i++)
		out->reason = steps[i](&look);
	if (out->reason != REASON_NONE)
		return;

	out->value = compare(&look);
	if (out->value == TRI_UNKNOWN)
		out->reason = REASON_METRIC_MISSING;
}
