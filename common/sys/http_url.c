/* http_url.c - URLs as text, pure: what http.h promises of http_url_split, http_escape, http_header. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/sys/alloc.h"
#include "common/sys/http.h"

static const struct {
	const char *word;
	int port;
} schemes[] = {
	{"http", 80},
	{"https", 443},
	{"ws", 80},
	{"wss", 443},
};

static const char host_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
static const char host6_chars[] = "abcdef0123456789:.";
static const char digits[] = "0123456789";

/* Copies length bytes in lower case; false when they do not fit, or are none, or have others than `allowed`. */
static bool copy_lower(const char *from, size_t length, const char *allowed, char *to, size_t size)
{
	if (length == 0 || length >= size)
		return false;
	for (size_t i = 0; i < length; i++)
		to[i] = (char)tolower((unsigned char)from[i]);
	to[length] = '\0';
	return strspn(to, allowed) == length;
}

static const char *read_scheme(const char *url, struct http_url *out)
{
	const char *end = strstr(url, "://");

	if (end == NULL ||
		!copy_lower(url, (size_t)(end - url), "htpsw", out->scheme, sizeof(out->scheme)))
		return NULL;
	for (size_t i = 0; i < LENGTH(schemes); i++) {
		if (strcmp(out->scheme, schemes[i].word) == 0) {
			out->port = schemes[i].port;
			return end + 3;
		}
	}
	return NULL;
}

static const char *read_host(const char *text, struct http_url *out)
{
	size_t length;

	if (text[0] == '[') {
		const char *end = strchr(text, ']');

		if (end == NULL || !copy_lower(text + 1, (size_t)(end - text - 1), host6_chars,
					   out->host, sizeof(out->host)))
			return NULL;
		return end + 1;
	}
	length = strcspn(text, ":/?#");
	if (!copy_lower(text, length, host_chars, out->host, sizeof(out->host)))
		return NULL;
	return text + length;
}

static const char *read_port(const char *text, struct http_url *out)
{
	size_t length;

	if (text[0] != ':')
		return text;
	text++;
	length = strspn(text, digits);
	if (length == 0 || length > 5)
		return NULL;
	long port = strtol(text, NULL, 10);
	if (port < 1 || port > 65535)
		return NULL;
	out->port = (int)port;
	return text + length;
}

/* Printable ASCII without a query, a fragment, a backslash or a quote; without the slash at the end. */
static bool read_path(const char *text, struct http_url *out)
{
	size_t length = strlen(text);

	if (length > 0 && text[0] != '/')
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] <= ' ' || text[i] > '~' || strchr("?#\\\"<>", text[i]) != NULL)
			return false;
	}
	while (length > 0 && text[length - 1] == '/')
		length--;
	if (length >= sizeof(out->path))
		return false;
	memcpy(out->path, text, length);
	out->path[length] = '\0';
	return true;
}

char *http_url_join(const char *base, const char *path)
{
	size_t length = strlen(base);

	if (length > 0 && base[length - 1] == '/')
		length--;
	return alloc_print("%.*s%s", (int)length, base, path);
}

bool http_url_split(const char *url, struct http_url *out)
{
	struct http_url parts = {0};
	const char *rest = read_scheme(url, &parts);

	if (rest != NULL)
		rest = read_host(rest, &parts);
	if (rest != NULL)
		rest = read_port(rest, &parts);
	if (rest == NULL || !read_path(rest, &parts))
		return false;
	*out = parts;
	return true;
}

bool http_host_is_loopback(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0 ||
	       strcmp(host, "localhost") == 0;
}

char *http_escape(const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	char *escaped = alloc_zero(strlen(text) * 3 + 1);
	char *to = escaped;

	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (isalnum(byte) || strchr("-._~", byte) != NULL) {
			*to++ = (char)byte;
			continue;
		}
		*to++ = '%';
		*to++ = hex[byte >> 4];
		*to++ = hex[byte & 15];
	}
	return escaped;
}

static void copy_trimmed(const char *from, size_t length, char *out, size_t size)
{
	while (length > 0 && (*from == ' ' || *from == '\t')) {
		from++;
		length--;
	}
	while (length > 0 && strchr(" \t\r", from[length - 1]) != NULL)
		length--;
	snprintf(out, size, "%.*s", (int)length, from);
}

bool http_header(const struct http_response *response, const char *name, char *out, size_t size)
{
	size_t length = strlen(name);
	bool found = false;

	for (const char *line = response->header_block; line != NULL && *line != '\0';) {
		size_t all = strcspn(line, "\n");

		if (all > length && strncasecmp(line, name, length) == 0 && line[length] == ':') {
			copy_trimmed(line + length + 1, all - length - 1, out, size);
			found = true;
		}
		line += all + (line[all] == '\n' ? 1 : 0);
	}
	return found;
}
