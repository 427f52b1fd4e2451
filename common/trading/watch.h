/*
 * watch.h - what all users together want collected: each symbol once a feed, at the shortest interval asked for.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/trading/config.h"
#include "common/trading/word.h"

struct watch_entry {
	enum asset_class asset_class;
	enum feed feed; /* never FEED_UNNAMED */
	struct symbol symbol;
	unsigned metrics;	       /* bits of enum market_metric: the union */
	int64_t poll_interval_seconds; /* the shortest in force */
};

struct watch;

struct watch *watch_new(void);
void watch_free(struct watch **watch);
/* Adds all inputs of a config; whether it is enabled is the caller's business. unnamed stands for FEED_UNNAMED. */
void watch_add(struct watch *watch, const struct config *config, enum feed unnamed);
/* Sorted by asset class, feed and symbol, so that one call's symbols stand together; borrowed until the next add. */
const struct watch_entry *watch_entries(struct watch *watch, size_t *count_out);
