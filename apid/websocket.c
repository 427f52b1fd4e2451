/* websocket.c - see websocket.h. */
#include "apid/websocket.h"

#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "apid/header.h"
#include "common/sys/must.h"

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
	if (!header_lists(offer->upgrade, "websocket") || !header_lists(offer->connection, "upgrade"))
		return WEBSOCKET_BAD;
	if (!offer->version || strcmp(offer->version, "13") != 0)
		return WEBSOCKET_BAD_VERSION;
	return key_is_good(offer->key) ? WEBSOCKET_OK : WEBSOCKET_BAD;
}

void websocket_accept(const char *key, char out[static WEBSOCKET_ACCEPT_TEXT])
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	must(md && EVP_DigestInit_ex(md, EVP_sha1(), NULL) == 1);
	must(EVP_DigestUpdate(md, key, strlen(key)) == 1);
	must(EVP_DigestUpdate(md, guid, sizeof(guid) - 1) == 1);
	must(EVP_DigestFinal_ex(md, hash, &length) == 1);
	EVP_MD_CTX_free(md);
	EVP_EncodeBlock((unsigned char *)out, hash, (int)length);
}
