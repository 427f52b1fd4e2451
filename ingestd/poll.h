/*
 * poll.h - one batched snapshots call from its request to its stored batch: HTTP, the database's time, rows, partitions
 * where a new day begins, store. Decides and logs nothing: how it ended is told to whoever began it.
 */
#pragma once

#include <stdbool.h>

#include "common/alpaca/pace.h"
#include "common/sys/date.h"
#include "ingestd/answer.h"
#include "ingestd/plan.h"
#include "ingestd/row.h"

struct ingest;
struct poll;

struct poll_result {
	bool stored;
	const char *kind;     /* why not: a word for a metric */
	struct answer answer; /* why not: symbol and message */
	/* When stored: */
	const struct market_rows *rows;
	int64_t written; /* of the rows, those that were news */
	struct wall now; /* the database's */
};

/* Called from the loop, once; the poll is freed after it. */
typedef void poll_done_fn(void *owner, struct poll *poll, const struct poll_result *result);

struct poll_request {
	struct ingest *ingest;
	struct plan_key key;
	const struct watch_entry *entries; /* copied; at least one */
	size_t count;
	struct pace *pace; /* of the data host: learns from the answer */
	struct date *
		parted; /* the UTC day for which partitions are known to stand; shared by all polls */
	poll_done_fn *done;
	void *owner;
};

struct poll *poll_begin(const struct poll_request *request);
/* Before its end: its answers are forgotten and done is not called. */
void poll_drop(struct poll **poll);

struct plan_key poll_key(const struct poll *poll);
