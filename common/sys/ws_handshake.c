/* ws_handshake.c - see ws_handshake.h. */
#include "common/sys/ws_handshake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "common/sys/alloc.h"
#include "common/sys/digest.h"

static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

static void base64(const unsigned char *bytes, int length, char *out)
{
	(void)EVP_EncodeBlock((unsigned char *)out, bytes, length);
}

void ws_key(char out[static WS_KEY_TEXT])
{
	unsigned char bytes[16];

	arc4random_buf(bytes, sizeof(bytes));
	base64(bytes, sizeof(bytes), out);
}

void ws_accept(const char *key, char out[static WS_ACCEPT_TEXT])
{
	AUTO(alloc_free) char *text = alloc_print("%s%s", key, guid);
	unsigned char hash[DIGEST_SHA1_BYTES];

	digest_sha1(text, strlen(text), hash);
	base64(hash, sizeof(hash), out);
}

/* A port is named only when it is not the scheme's; an IPv6 address stands in brackets (RFC 3986, 3.2.2). */
static char *host_of(const struct http_url *url)
{
	bool bare = strchr(url->host, ':') == NULL;
	bool usual = url->port == (strcmp(url->scheme, "wss") == 0 ? 443 : 80);
	char port[16] = "";

	if (!usual)
		snprintf(port, sizeof(port), ":%d", url->port);
	return alloc_print("%s%s%s%s", bare ? "" : "[", url->host, bare ? "" : "]", port);
}

char *ws_request(const struct http_url *url, const char *key, const char *const *headers)
{
	AUTO(alloc_free) char *host = host_of(url);
	AUTO(alloc_free) char *more = alloc_text("");

	for (; headers && *headers; headers++) {
		char *longer = alloc_print("%s%s\r\n", more, *headers);

		alloc_free(&more);
		more = longer;
	}
	return alloc_print("GET %s HTTP/1.1\r\n"
			   "Host: %s\r\n"
			   "Upgrade: websocket\r\n"
			   "Connection: Upgrade\r\n"
			   "Sec-WebSocket-Key: %s\r\n"
			   "Sec-WebSocket-Version: 13\r\n"
			   "User-Agent: hybridhub/1\r\n"
			   "%s\r\n",
		*url->path ? url->path : "/", host, key, more);
}

enum named {
	UPGRADE,
	CONNECTION,
	ACCEPT,
	EXTENSIONS,
	PROTOCOL,
	NAMES,
};

struct found {
	int count;
	const char *value; /* of the first; points into the head */
	size_t length;
};

static const char *const names[NAMES] = {[UPGRADE] = "Upgrade",
	[CONNECTION] = "Connection",
	[ACCEPT] = "Sec-WebSocket-Accept",
	[EXTENSIONS] = "Sec-WebSocket-Extensions",
	[PROTOCOL] = "Sec-WebSocket-Protocol"};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void trim(const char **text, size_t *length)
{
	while (*length > 0 && is_blank(**text)) {
		(*text)++;
		(*length)--;
	}
	while (*length > 0 && is_blank((*text)[*length - 1]))
		(*length)--;
}

static bool same(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

/* Does the comma list hold the token? */
static bool lists(const struct found *found, const char *token)
{
	const char *at = found->value, *end = at + found->length;

	while (at && at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		const char *part = at;
		size_t length = (size_t)((comma ? comma : end) - at);

		trim(&part, &length);
		if (same(part, length, token))
			return true;
		at = comma ? comma + 1 : end;
	}
	return false;
}

static void take_line(const char *line, size_t length, struct found found[static NAMES])
{
	const char *colon = memchr(line, ':', length);

	if (!colon)
		return;
	for (size_t i = 0; i < NAMES; i++) {
		if (!same(line, (size_t)(colon - line), names[i]))
			continue;
		if (found[i].count++ > 0)
			return;
		found[i].value = colon + 1;
		found[i].length = length - (size_t)(colon + 1 - line);
		trim(&found[i].value, &found[i].length);
	}
}

static void take_lines(const char *head, size_t length, struct found found[static NAMES])
{
	const char *at = memchr(head, '\n', length), *end = head + length;

	while (at && ++at < end) {
		const char *next = memchr(at, '\n', (size_t)(end - at));
		size_t line = (size_t)((next ? next : end) - at);

		if (line > 0 && at[line - 1] == '\r')
			line--;
		take_line(at, line, found);
		at = next;
	}
}

/* `HTTP/1.1 101 ...`: the status; 0 when that is no HTTP. */
static int status_of(const char *head)
{
	static const char digits[] = "0123456789";
	const char *code = head + strlen("HTTP/1.1 ");

	if (strncmp(head, "HTTP/1.", 7) != 0 || strspn(head + 7, digits) != 1 || head[8] != ' ' ||
		strspn(code, digits) != 3)
		return 0;
	return (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
}

static const char *trouble_of(const struct found found[static NAMES], const char *key)
{
	char accept[WS_ACCEPT_TEXT];

	ws_accept(key, accept);
	if (found[UPGRADE].count != 1 ||
		!same(found[UPGRADE].value, found[UPGRADE].length, "websocket"))
		return "101 without `Upgrade: websocket`";
	if (found[CONNECTION].count != 1 || !lists(&found[CONNECTION], "upgrade"))
		return "101 without `Connection: Upgrade`";
	if (found[ACCEPT].count != 1 || found[ACCEPT].length != strlen(accept) ||
		memcmp(found[ACCEPT].value, accept, found[ACCEPT].length) != 0)
		return "101 whose Sec-WebSocket-Accept is not that of our key";
	if (found[EXTENSIONS].count > 0 || found[PROTOCOL].count > 0)
		return "101 with an extension or subprotocol that was not offered";
	return NULL;
}

int ws_judge(
	const char *head, size_t length, const char *key, int *status_out, char why[static WS_WHY])
{
	struct found found[NAMES] = {{0}};
	const char *trouble = NULL;

	*status_out = 0;
	if (strlen(head) != length)
		trouble = "a head with a NUL in it";
	else if ((*status_out = status_of(head)) == 0)
		trouble = "the answer to the upgrade is no HTTP";
	if (trouble) {
		snprintf(why, WS_WHY, "%s", trouble);
		return -EPROTO;
	}
	if (*status_out != 101 || strncmp(head, "HTTP/1.1", 8) != 0) {
		snprintf(why, WS_WHY, "the upgrade was refused with status %d", *status_out);
		return -EPROTO;
	}

	take_lines(head, length, found);
	trouble = trouble_of(found, key);
	if (!trouble)
		return 0;
	snprintf(why, WS_WHY, "%s", trouble);
	return -EPROTO;
}
