/*
 * hub_negotiate.h - what negotiate answers (docs/api.md, "Hub"), and the connection token that it hands out. Pure.
 *
 * The token says by itself for whom and until when it was made, so that any apid behind a balancer can take the
 * socket, also after a restart. It is no credential: the socket's own ID token is checked again, and the two must
 * name the same person; what the digest in it prevents is a socket opened under somebody else's negotiation.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/sys/attr.h"
#include "common/sys/clock.h"

enum {
	HUB_ID_BYTES = 16,
	HUB_ID_TEXT = 24,
	HUB_TOKEN_TEXT = 48,
	HUB_TOKEN_LIFE_SEC = 30, /* negotiated but unused */
};

void hub_token_make(const char *uid, const uint8_t random[static HUB_ID_BYTES], struct wall now,
	char out[static HUB_TOKEN_TEXT]);
bool hub_token_holds(const char *token, const char *uid, struct wall now);

/* The body of the 200: `version` is ?negotiateVersion=, NULL when absent. The caller frees. */
char *hub_negotiate_print(const char *version, const char *connection_id, const char *token);
