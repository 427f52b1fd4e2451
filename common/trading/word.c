/* word.c - the spellings, one list an enum, in its order. */
#include <stddef.h>
#include <string.h>

#include "common/trading/word.h"

const char *const asset_class_words[] = {"us_equity", "crypto", NULL};
const char *const feed_words[] = {"iex", "sip", "delayed_sip", "us", NULL};
const char *const market_metric_words[] = {
	"last_trade", "last_quote", "minute_bar", "daily_bar", "prev_close", NULL};
const char *const price_metric_words[] = {"last_trade", "mid_quote", "minute_bar_close", NULL};
const char *const ref_metric_words[] = {"prev_close", "day_open", "day_high", "day_low", NULL};
const char *const rule_type_words[] = {"price_below_pct_of_ref", "price_above_pct_of_ref", NULL};
const char *const rule_action_words[] = {"propose_order", "notify_only", NULL};
const char *const rule_session_words[] = {"regular", "extended", "any", NULL};
const char *const trading_mode_words[] = {"paper", "live", NULL};
const char *const order_side_words[] = {"buy", "sell", NULL};
const char *const order_type_words[] = {"market", "limit", NULL};
const char *const time_in_force_words[] = {"day", "gtc", "ioc", NULL};
const char *const after_skip_words[] = {"session", "cooldown", NULL};
const char *const on_ambiguous_words[] = {"follow_up", "skip", NULL};
const char *const drift_side_words[] = {"both", "adverse", NULL};
const char *const on_drift_words[] = {"reask", "cancel", NULL};
const char *const halt_level_words[] = {"active", "reducing", "halted", NULL};
const char *const decision_band_words[] = {"", "approve", "skip", "ambiguous", NULL};

int word_find(const char *const words[], const char *text)
{
	int i;

	if (!text)
		return -1;

	for (i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return i;

	return -1;
}
