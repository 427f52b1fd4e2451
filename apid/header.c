/* header.c - see header.h. */
#include "apid/header.h"

#include <string.h>
#include <strings.h>

static bool is_token(const char *text)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	if (!*text)
		return false;
	for (; *text; text++) {
		bool alnum = (*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z') ||
			     (*text >= 'A' && *text <= 'Z');

		if (!alnum && !strchr(others, *text))
			return false;
	}
	return true;
}

static size_t count_of(const struct header headers[], size_t count, const char *name)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += strcasecmp(headers[i].name, name) == 0;
	return found;
}

const char *header_value(const struct header headers[], size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(headers[i].name, name) == 0)
			return headers[i].value;
	return NULL;
}

const char *header_fault(const struct header headers[], size_t count, bool http_1_1)
{
	const char *length = header_value(headers, count, "Content-Length");
	const char *coding = header_value(headers, count, "Transfer-Encoding");

	for (size_t i = 0; i < count; i++)
		if (!is_token(headers[i].name))
			return "A header name holds a character that is not allowed there.";
	if (count_of(headers, count, "Content-Length") > 1)
		return "Content-Length was sent more than once.";
	if (length && (!*length || strspn(length, "0123456789") != strlen(length)))
		return "Content-Length must be digits only.";
	if (count_of(headers, count, "Transfer-Encoding") > 1 ||
		(coding && strcasecmp(coding, "chunked") != 0))
		return "The only Transfer-Encoding understood here is chunked, once.";
	if (coding && length)
		return "Content-Length and Transfer-Encoding exclude each other.";
	if (count_of(headers, count, "Host") > 1)
		return "Host was sent more than once.";
	if (http_1_1 && !header_value(headers, count, "Host"))
		return "HTTP/1.1 needs a Host header.";
	if (count_of(headers, count, "Authorization") > 1)
		return "Authorization was sent more than once.";
	return NULL;
}

bool header_lists(const char *value, const char *token)
{
	size_t length = strlen(token);

	while (value && *value) {
		size_t part;

		value += strspn(value, " \t,");
		part = strcspn(value, ",");
		while (part && (value[part - 1] == ' ' || value[part - 1] == '\t'))
			part--;
		if (part == length && strncasecmp(value, token, length) == 0)
			return true;
		value += strcspn(value, ",");
	}
	return false;
}
