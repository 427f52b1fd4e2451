/* lag.c - see lag.h. */
#include "ingestd/lag.h"

#include <stdio.h>
#include <string.h>

static void note_trade(struct lag *lag, const struct market_row *row)
{
	size_t at = 0;

	while (at < lag->count && strcmp(lag->items[at].symbol.text, row->symbol.text) != 0)
		at++;
	if (at == LAG_SYMBOLS)
		return;
	if (at == lag->count) {
		lag->items[at].symbol = row->symbol;
		lag->count++;
	}
	lag->items[at].as_of = row->as_of;
}

static bool is_watched(
	const struct symbol *symbol, const struct watch_entry entries[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(entries[i].symbol.text, symbol->text) == 0)
			return true;
	return false;
}

void lag_keep(struct lag *lag, const struct watch_entry entries[], size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < lag->count; i++)
		if (is_watched(&lag->items[i].symbol, entries, count))
			lag->items[kept++] = lag->items[i];
	lag->count = kept;
}

void lag_note(struct lag *lag, const struct market_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		if (rows->items[i].metric == METRIC_LAST_TRADE)
			note_trade(lag, &rows->items[i]);
}

void lag_measure(const struct lag *lag, struct wall now, struct metrics *metrics)
{
	metric_forget(metrics, "ingest_lag_seconds");
	for (size_t i = 0; i < lag->count; i++) {
		char labels[64];

		snprintf(labels, sizeof(labels), "symbol=\"%s\"", lag->items[i].symbol.text);
		metric_set(metrics, "ingest_lag_seconds", labels,
			"Age of the newest trade known, by the exchange's time.",
			wall_since(now, lag->items[i].as_of).us / 1000000);
	}
}
