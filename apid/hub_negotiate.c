/* hub_negotiate.c - see hub_negotiate.h. */
#include "apid/hub_negotiate.h"

#include <assert.h>
#include <string.h>

#include "apid/base64url.h"
#include "common/sys/alloc.h"
#include "common/sys/digest.h"
#include "common/sys/json.h"

enum {
	TIME_BYTES = 4,
	DIGEST_BYTES = 12,
	TOKEN_BYTES = HUB_ID_BYTES + TIME_BYTES + DIGEST_BYTES,
};

static_assert(BASE64URL_TEXT(TOKEN_BYTES) <= HUB_TOKEN_TEXT, "a token fits its text");

/* The first 24 hex digits of the digest over uid, random part and time. */
static void digest_of(const char *uid, const uint8_t *head, uint8_t out[static DIGEST_BYTES])
{
	AUTO(alloc_free) char *text = NULL;
	char id[BASE64URL_TEXT(HUB_ID_BYTES + TIME_BYTES)];
	char hex[DIGEST_TEXT];

	base64url_encode(head, HUB_ID_BYTES + TIME_BYTES, id);
	text = alloc_print("%s.%s", id, uid);
	digest_sha256(text, strlen(text), hex);
	memcpy(out, hex, DIGEST_BYTES);
}

void hub_token_make(const char *uid, const uint8_t random[static HUB_ID_BYTES], struct wall now,
	char out[static HUB_TOKEN_TEXT])
{
	uint8_t bytes[TOKEN_BYTES];
	uint32_t until = (uint32_t)(now.us / 1000000 + HUB_TOKEN_LIFE_SEC);

	memcpy(bytes, random, HUB_ID_BYTES);
	for (int i = 0; i < TIME_BYTES; i++)
		bytes[HUB_ID_BYTES + i] = (uint8_t)(until >> (24 - 8 * i));
	digest_of(uid, bytes, bytes + HUB_ID_BYTES + TIME_BYTES);
	base64url_encode(bytes, sizeof(bytes), out);
}

bool hub_token_holds(const char *token, const char *uid, struct wall now)
{
	uint8_t bytes[BASE64URL_BYTES(HUB_TOKEN_TEXT)];
	uint8_t digest[DIGEST_BYTES];
	uint32_t until = 0;
	size_t length;

	if (strlen(token) >= HUB_TOKEN_TEXT)
		return false;
	if (base64url_decode(token, strlen(token), bytes, &length) < 0 || length != TOKEN_BYTES)
		return false;
	for (int i = 0; i < TIME_BYTES; i++)
		until = until << 8 | bytes[HUB_ID_BYTES + i];
	if (now.us / 1000000 > until)
		return false;
	digest_of(uid, bytes, digest);
	return memcmp(digest, bytes + HUB_ID_BYTES + TIME_BYTES, DIGEST_BYTES) == 0;
}

static bool is_integer(const char *text)
{
	text += *text == '-';
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* Only what is served is listed: signalr_netcore throws on a transport that it does not know. */
static void add_transports(cJSON *body)
{
	cJSON *row = cJSON_CreateObject();

	json_add_text(row, "transport", "WebSockets");
	cJSON_AddItemToArray(
		cJSON_AddArrayToObject(row, "transferFormats"), cJSON_CreateString("Text"));
	cJSON_AddItemToArray(cJSON_AddArrayToObject(body, "availableTransports"), row);
}

char *hub_negotiate_print(const char *version, const char *connection_id, const char *token)
{
	AUTO(json_free) cJSON *body = cJSON_CreateObject();

	if (version && !is_integer(version)) {
		json_add_text(
			body, "error", "The client requested a non-integer protocol version.");
		return json_print(body);
	}
	if (version && (*version == '-')) {
		json_add_text(body, "error", "The client requested version is not supported.");
		return json_print(body);
	}
	if (!version || strspn(version, "0") == strlen(version)) {
		json_add_number(body, "negotiateVersion", "0");
		json_add_text(body, "connectionId", token);
	} else {
		json_add_number(body, "negotiateVersion", "1");
		json_add_text(body, "connectionId", connection_id);
		json_add_text(body, "connectionToken", token);
	}
	add_transports(body);
	return json_print(body);
}
