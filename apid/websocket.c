/* websocket.c - see websocket.h. */
#include "apid/websocket.h"

#include <string.h>
#include <strings.h>

#include "apid/header.h"

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
