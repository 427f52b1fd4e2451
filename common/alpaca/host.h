/*
 * host.h - which hosts we may talk to, and whether orders sent there spend real money.
 * Hosts are compared whole with compiled lists; loopback (127.0.0.1, ::1, localhost, any port) stands in for all of
 * them and is paper. A base URL has no path, user info, query or fragment; anything but TLS is refused off loopback.
 * Source: docs/broker.md, "Hosts".
 */
#pragma once

#include <stdbool.h>

#include "common/sys/err.h"

enum alpaca_account {
	ALPACA_PAPER,
	ALPACA_LIVE,
	ALPACA_TEST, /* no host: the broker inside tradectl (QUESTION_PIPELINE_TEST_MODE) */
};

/* `paper`, `live`, `test`: the key of broker_account. */
const char *alpaca_account_name(enum alpaca_account account);

/* https://api.alpaca.markets is live; https://paper-api.alpaca.markets and loopback are paper. 0, or -EINVAL and a
 * sentence that names the URL and what is allowed. */
int alpaca_trading_host(
	const char *url, enum alpaca_account *account_out, struct err *err) MUST_CHECK;

/* The trading stream: ws(s)://host/path. The same account as the trading host, the same hosts; off loopback only wss on
 * port 443. 0 or -EINVAL and a sentence. */
int alpaca_stream_host(const char *url, enum alpaca_account account, struct err *err) MUST_CHECK;
/* Of a trading host that was checked: wss://host/stream, ws for http. The caller frees (alloc_free). */
char *alpaca_stream_url(const char *trading_url);

/* The live gate's own half: a live host needs allow_live. 0 or -EPERM and a sentence. */
int alpaca_live_gate(enum alpaca_account account, bool allow_live, struct err *err) MUST_CHECK;

/* QUESTION_PIPELINE_TEST_MODE beside a live host: whoever set it believes in one of them only. 0 or -EPERM and a sentence. */
int alpaca_test_gate(enum alpaca_account account, struct err *err) MUST_CHECK;

/* Market data. 0 or -EINVAL and a sentence. */
int alpaca_data_host(const char *url, struct err *err) MUST_CHECK;
