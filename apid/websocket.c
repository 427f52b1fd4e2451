/* websocket.c - see websocket.h. */
#include "apid/websocket.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "apid/base64url.h"
#include "apid/header.h"
#include "common/sys/alloc.h"
#include "common/sys/digest.h"

static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/* Sixteen bytes in base64: 24 characters, the last two of them `=`. */
static bool key_is_good(const char *key)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return key && strlen(key) == 24 && strspn(key, digits) == 22 && !strcmp(key + 22, "==");
}

enum websocket_verdict websocket_judge(const struct websocket_offer *offer)
{
	if (!offer->upgrade && !offer->key)
		return WEBSOCKET_NONE;
	if (!offer->get || !offer->http_1_1)
		return WEBSOCKET_BAD;
	if (!header_lists(offer->upgrade, "websocket") ||
		!header_lists(offer->connection, "upgrade"))
		return WEBSOCKET_BAD;
	if (!offer->version || strcmp(offer->version, "13") != 0)
		return WEBSOCKET_BAD_VERSION;
	return key_is_good(offer->key) ? WEBSOCKET_OK : WEBSOCKET_BAD;
}

void websocket_accept(const char *key, char out[static WEBSOCKET_ACCEPT_TEXT])
{
	AUTO(alloc_free) char *text = alloc_print("%s%s", key, guid);
	uint8_t hash[DIGEST_SHA1_BYTES];

	digest_sha1(text, strlen(text), hash);
	base64url_encode(hash, sizeof(hash), out); /* 27 characters; plain base64 adds a `=` */
	for (char *c = out; *c; c++)
		*c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
	snprintf(out + strlen(out), 2, "=");
}
