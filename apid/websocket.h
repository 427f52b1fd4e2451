/* websocket.h - the opening handshake of RFC 6455, server side; its accept is ws_handshake.h, framing is wslay's. Pure. */
#pragma once

#include <stdbool.h>

#include "common/sys/attr.h"

struct websocket_offer {
	bool get, http_1_1;
	const char *upgrade, *connection, *key, *version; /* headers, NULL = absent */
};

enum websocket_verdict {
	WEBSOCKET_NONE, /* no upgrade was asked for */
	WEBSOCKET_OK,
	WEBSOCKET_BAD,	       /* 400 */
	WEBSOCKET_BAD_VERSION, /* 426, Sec-WebSocket-Version: 13 */
};

enum websocket_verdict websocket_judge(const struct websocket_offer *offer);
