/*
 * render.h - a question's text from its template, and percents from exact ratios.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/sys/clock.h"
#include "common/sys/decimal.h"
#include "common/trading/config.h"
#include "common/trading/offer.h"
#include "common/trading/word.h"

struct render_values {
	const struct rule *rule;
	const struct offer *offer; /* NULL: notify_only */
	const char *symbol;
	struct price price, ref;
	struct wall as_of;
	struct wall expires_at;
};

/*
 * The text, owned by the caller (alloc_free). An unknown placeholder stands as it is: the validator keeps it out.
 * price, ref and notional carry at least two decimals; asof and expires are RFC 3339 in UTC; notional is the estimated
 * cost where the rule is sized by quantity, qty the estimated quantity (floored) where it is sized by notional.
 */
char *render_question(const struct render_values *values);

/* "1.6": the size of (price/ref - 1)*100, one decimal, half away from zero; "-1.60", "+2.25", "0.00". ref > 0. */
void render_pct(struct price price, struct price ref, char out[static DECIMAL_TEXT]);
void render_pct_signed(struct price price, struct price ref, char out[static DECIMAL_TEXT]);

/* "492.00", "0.0985": exact, with at least two decimals. */
void render_money(int64_t nano, char out[static DECIMAL_TEXT]);

enum placeholder_kind {
	PLACEHOLDER_KNOWN,
	PLACEHOLDER_OF_ORDER, /* known, but means nothing with notify_only */
	PLACEHOLDER_LATER,    /* of the rule language, not built */
	PLACEHOLDER_UNKNOWN,
};

/* Walks the template: finds the next {{name}} at or after *text, moves *text behind it, and gives the name without
 * braces and blanks. false at the end. An opening pair without its end gives the rest, braces included. */
bool render_next(const char **text, char *name_out, size_t size);
enum placeholder_kind render_kind(const char *name);
