/* snapshot.h - GET /v1/me/trading/snapshots?symbol=SPY: the newest market data that is stored. */
#pragma once

struct request;

void snapshot_list(struct request *request);
