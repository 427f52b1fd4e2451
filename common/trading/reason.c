/* reason.c - the catalogue of run-time reasons. */
#include <string.h>

#include "common/sys/attr.h"
#include "common/sys/must.h"
#include "common/trading/reason.h"

struct reason_row {
	const char *name;
	const char *sentence;
};

/* clang-format off */
static const struct reason_row rows[REASON_COUNT] = {
	[REASON_NONE] = {"", "no reason"},
	[REASON_STALE] = {"STALE", "the newest price is too old"},
	[REASON_STALE_NOT_IN_SESSION] = {"STALE_NOT_IN_SESSION", "the newest row is not of the session that counts"},
	[REASON_METRIC_MISSING] = {"METRIC_MISSING", "a price that the rule needs is not there or not usable"},
	[REASON_SUSPECT_PRICE] = {"SUSPECT_PRICE", "the price is suspect and nothing confirms it"},
	[REASON_CORPORATE_ACTION] = {"CORPORATE_ACTION", "a corporate action today makes the prior close incomparable"},
	[REASON_PAUSED_BY_SKIPS] = {"PAUSED_BY_SKIPS", "skipped so often in a row that the rule is paused"},
	[REASON_OUT_OF_WINDOW] = {"OUT_OF_WINDOW", "outside the rule's own hours"},
	[REASON_MARKET_CLOSED] = {"MARKET_CLOSED", "the market is closed, or closes too soon"},
	[REASON_NO_CALENDAR] = {"NO_CALENDAR", "the broker's calendar is not known for today"},
	[REASON_COOLDOWN] = {"COOLDOWN", "asked or skipped too recently"},
	[REASON_AWAITING] = {"AWAITING", "its last question or order is not final"},
	[REASON_NOT_REARMED] = {"NOT_REARMED", "the price has not come back far enough since the last question"},
	[REASON_CONFIRMING] = {"CONFIRMING", "not true often enough in a row yet"},
	[REASON_MAX_FIRES] = {"MAX_FIRES", "asked often enough today"},
	[REASON_QUESTION_BUDGET] = {"QUESTION_BUDGET", "too many questions are open, or were asked today"},
	[REASON_SIZE_TOO_SMALL] = {"SIZE_TOO_SMALL", "the order would be below the broker's minimum, or sell more than is held"},
	[REASON_DISABLED] = {"DISABLED", "the rule, its symbol or its user is switched off"},
	[REASON_HALTED] = {"HALTED", "trading is halted"},
	[REASON_LIVE_NOT_ALLOWED] = {"LIVE_NOT_ALLOWED", "live trading is not opened for this person"},
	[REASON_EXPIRED] = {"EXPIRED", "not answered, or not sent, in time"},
	[REASON_SKIPPED] = {"SKIPPED", "the person said no"},
	[REASON_AMBIGUOUS] = {"AMBIGUOUS", "the answer was neither yes nor no"},
	[REASON_DRIFT] = {"DRIFT", "the price moved too far since the question, or no fresh price was there"},
	[REASON_CLOCK_SKEW] = {"CLOCK_SKEW", "the clocks of host, database and broker disagree"},
	[REASON_CANCELED_BY_USER] = {"CANCELED_BY_USER", "the person took the yes back"},
	[REASON_MAX_ORDERS_PER_DAY] = {"MAX_ORDERS_PER_DAY", "as many orders today as the limit allows"},
	[REASON_MAX_NOTIONAL_USD_PER_4H] = {"MAX_NOTIONAL_USD_PER_4H", "the limit for four hours would be exceeded"},
	[REASON_REQUIRE_QUESTION_BEFORE_ORDER] = {"REQUIRE_QUESTION_BEFORE_ORDER", "an order needs a question first"},
	[REASON_SYMBOLS_BLOCKLIST] = {"SYMBOLS_BLOCKLIST", "the symbol is blocked"},
	[REASON_SYMBOLS_ALLOWLIST] = {"SYMBOLS_ALLOWLIST", "the symbol is not among those allowed"},
	[REASON_MAX_NOTIONAL_USD_PER_ORDER] = {"MAX_NOTIONAL_USD_PER_ORDER", "the order is larger than the limit"},
	[REASON_MAX_OPEN_ORDERS] = {"MAX_OPEN_ORDERS", "too many orders are open"},
	[REASON_MAX_OPEN_QUESTIONS] = {"MAX_OPEN_QUESTIONS", "too many questions are open"},
	[REASON_MAX_QUESTIONS_PER_DAY] = {"MAX_QUESTIONS_PER_DAY", "as many questions today as the limit allows"},
	[REASON_MAX_POSITION_NOTIONAL_USD] = {"MAX_POSITION_NOTIONAL_USD", "the position would grow over its limit"},
	[REASON_MAX_SPREAD_PCT] = {"MAX_SPREAD_PCT", "bid and ask are too far apart"},
	[REASON_MIN_PRICE_USD] = {"MIN_PRICE_USD", "the price is below the lowest allowed"},
	[REASON_MAX_CONSECUTIVE_REJECTS] = {"MAX_CONSECUTIVE_REJECTS", "too many orders in a row were rejected"},
	[REASON_ALLOW_EXTENDED_HOURS] = {"ALLOW_EXTENDED_HOURS", "orders outside regular hours are not allowed"},
};

/* clang-format on */

const char *reason_name(enum reason reason)
{
	must(reason < REASON_COUNT);
	return rows[reason].name;
}

const char *reason_sentence(enum reason reason)
{
	must(reason < REASON_COUNT);
	return rows[reason].sentence;
}

bool reason_find(const char *name, enum reason *out)
{
	enum reason reason;

	for (reason = REASON_NONE; reason < REASON_COUNT; reason++) {
		if (name && strcmp(rows[reason].name, name) == 0) {
			*out = reason;
			return true;
		}
	}
	return false;
}
