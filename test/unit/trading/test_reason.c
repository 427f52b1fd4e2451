/* test_reason.c - the catalogues are whole and every name leads back. */
#include "common/trading/reason.h"
#include "common/trading/word.h"
#include "test/unit/trading/data.h"

/* docs/configuration.md, "Why it did not ask, why it did not order", and the fields of "guardrails" in capitals. */
static const char *const names[] = {"STALE", "STALE_NOT_IN_SESSION", "METRIC_MISSING",
	"SUSPECT_PRICE", "CORPORATE_ACTION", "PAUSED_BY_SKIPS", "OUT_OF_WINDOW", "MARKET_CLOSED",
	"NO_CALENDAR", "COOLDOWN", "AWAITING", "NOT_REARMED", "CONFIRMING", "MAX_FIRES",
	"QUESTION_BUDGET", "SIZE_TOO_SMALL", "DISABLED", "HALTED", "LIVE_NOT_ALLOWED", "EXPIRED",
	"SKIPPED", "AMBIGUOUS", "DRIFT", "CLOCK_SKEW", "CANCELED_BY_USER", "MAX_ORDERS_PER_DAY",
	"MAX_NOTIONAL_USD_PER_4H", "REQUIRE_QUESTION_BEFORE_ORDER", "SYMBOLS_BLOCKLIST",
	"SYMBOLS_ALLOWLIST", "MAX_NOTIONAL_USD_PER_ORDER", "MAX_OPEN_ORDERS", "MAX_OPEN_QUESTIONS",
	"MAX_QUESTIONS_PER_DAY", "MAX_POSITION_NOTIONAL_USD", "MAX_SPREAD_PCT", "MIN_PRICE_USD",
	"MAX_CONSECUTIVE_REJECTS", "ALLOW_EXTENDED_HOURS"};

static void test_reasons(void **state)
{
	enum reason reason, found;
	size_t i;

	(void)state;
	want_i64("as many as the catalogue", REASON_COUNT - 1, LENGTH(names));
	for (i = 0; i < LENGTH(names); i++)
		want_true(names[i], reason_find(names[i], &found) && found != REASON_NONE);
	for (reason = REASON_NONE; reason < REASON_COUNT; reason++) {
		want_true(reason_name(reason), *reason_sentence(reason));
		want_true(reason_name(reason),
			reason_find(reason_name(reason), &found) && found == reason);
	}
	want_true("unknown", !reason_find("STALER", &found) && !reason_find(NULL, &found));
}

static void test_words(void **state)
{
	(void)state;
	want_i64("first", word_find(asset_class_words, "us_equity"), ASSET_US_EQUITY);
	want_i64("feed", word_find(feed_words, "delayed_sip"), FEED_DELAYED_SIP);
	want_true("end of feeds", !feed_words[FEED_UNNAMED]);
	want_i64("metric", word_find(market_metric_words, "prev_close"), METRIC_PREV_CLOSE);
	want_i64("ref", word_find(ref_metric_words, "day_low"), REF_DAY_LOW);
	want_i64("halt", word_find(halt_level_words, "halted"), HALT_HALTED);
	want_i64("band", word_find(decision_band_words, ""), BAND_NONE);
	want_i64("band", word_find(decision_band_words, "ambiguous"), BAND_AMBIGUOUS);
	want_i64("tif", word_find(time_in_force_words, "ioc"), TIF_IOC);
	want_i64("unknown", word_find(order_side_words, "hold"), -1);
	want_i64("none", word_find(order_side_words, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
