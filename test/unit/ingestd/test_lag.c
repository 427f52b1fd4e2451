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

/* The symbols that Prometheus reads now. */
static size_t gauges(const struct lag *lag, struct metrics *metrics)
{
	struct evbuffer *out = evbuffer_new();
	char text[4096];
	size_t count = 0;

	lag_measure(lag, (struct wall){0}, metrics);
	metrics_print(metrics, out);
	int length = evbuffer_remove(out, text, sizeof(text) - 1);
	text[length > 0 ? length : 0] = '\0';
	for (const char *at = text; (at = strstr(at, "symbol=")) != NULL; at++)
		count++;
	evbuffer_free(out);
	return count;
}

static void a_gauge_ends_with_its_symbol(void **state)
{
	const struct watch_entry entries[] = {{.symbol = symbol(2)}};
	struct metrics *metrics = metrics_new();
	struct lag lag = {0};

	(void)state;
	note(&lag, 1);
	note(&lag, 2);
	want_i64("both", gauges(&lag, metrics), 2);
	lag_keep(&lag, entries, LENGTH(entries));
	want_i64("one", gauges(&lag, metrics), 1);
	metrics_free(&metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forgets_what_is_not_watched),
		cmocka_unit_test(a_gauge_ends_with_its_symbol),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
