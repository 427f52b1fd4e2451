/* test_lag.c - a gauge of its own per symbol, while it is watched. */
#include "ingestd/lag.h"

#include <stdio.h>
#include <string.h>

#include "test/unit/unit.h"

static struct symbol symbol(int i)
{
	struct symbol symbol;

	snprintf(symbol.text, sizeof(symbol.text), "S%d", i);
	return symbol;
}

static void note(struct lag *lag, int i)
{
	struct market_row row = {.symbol = symbol(i), .metric = METRIC_LAST_TRADE};

	lag_note(lag, &(struct market_rows){.items = &row, .count = 1});
}

static void forgets_what_is_not_watched(void **state)
{
	const struct watch_entry entries[] = {{.symbol = symbol(3)}, {.symbol = symbol(99)}};
	struct lag lag = {0};

	(void)state;
	for (int i = 0; i < LAG_SYMBOLS + 1; i++)
		note(&lag, i);
	want_i64("full", lag.count, LAG_SYMBOLS);

	lag_keep(&lag, entries, LENGTH(entries));
	want_i64("kept", lag.count, 1);
	want_str("kept", lag.items[0].symbol.text, "S3");
	note(&lag, 99);
	want_i64("room again", lag.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forgets_what_is_not_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
