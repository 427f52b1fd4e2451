/* url.h - addresses of the data host's calls; the caller frees them. */
#pragma once

#include <stddef.h>

#include "common/trading/watch.h"

/* Stocks name their feed always: the host's own default differs between calls. Crypto has none, its place is in the
 * path (docs/broker.md, "Snapshots"). */
char *url_snapshots(const char *base, enum asset_class asset_class, enum feed feed,
	const struct watch_entry entries[], size_t count);
