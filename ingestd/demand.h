/*
 * demand.h - what everybody's documents ask for: the union to be fetched, and whose inputs a feed serves. Pure.
 * unnamed stands for the feed that an equity input leaves out (ALPACA_DATA_FEED).
 */
#pragma once

#include "common/trading/people.h"
#include "common/trading/watch.h"

/* The union over all; the caller frees it. */
struct watch *demand_union(const struct people *people, enum feed unnamed);

/* jsonb text for ingest_fetched: [{firebase_uid, input_id}] of the inputs that this feed serves; the caller frees.
 * NULL when there are none. */
char *demand_inputs(const struct people *people, enum feed unnamed, enum asset_class asset_class,
	enum feed feed);
