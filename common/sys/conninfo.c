/* conninfo.c - see conninfo.h. Delimiters as libpq's own parser takes them (fe-connect.c). */
#include "common/sys/conninfo.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"

static const char mask[] = "***";

/* Room for the text with every character turned into a mask is more than any text needs. */
struct masked {
	char *text;
	size_t length;
};

static void put(struct masked *to, const char *from, size_t length)
{
	memcpy(to->text + to->length, from, length);
	to->length += length;
	to->text[to->length] = '\0';
}

/* Copies "scheme://user:password@" without the password; returns how much was read. */
static size_t copy_user_part(struct masked *to, const char *text)
{
	const char *start = strstr(text, "://");

	if (start == NULL)
		return 0;
	start += 3;
	const char *at = start + strcspn(start, "@/");
	const char *colon = memchr(start, ':', (size_t)(at - start));
	if (*at != '@' || colon == NULL)
		return 0;
	put(to, text, (size_t)(colon + 1 - text));
	put(to, mask, strlen(mask));
	return (size_t)(at - text);
}

/* The length of a value: quoted with backslashes, or up to what ends it. */
static size_t value_length(const char *text)
{
	size_t i = 1;

	if (text[0] != '\'')
		return strcspn(text, "& \t\r\n");
	while (text[i] != '\0' && text[i] != '\'')
		i += text[i] == '\\' && text[i + 1] != '\0' ? 2 : 1;
	return text[i] == '\'' ? i + 1 : i;
}

char *conninfo_mask(const char *conninfo)
{
	static const char word[] = "password";
	struct masked to = {0};

	if (conninfo == NULL)
		return NULL;
	to.text = alloc_zero(strlen(conninfo) * strlen(mask) + strlen(mask) + 1);

	const char *rest = conninfo + copy_user_part(&to, conninfo);
	const char *found;
	while ((found = strstr(rest, word)) != NULL) {
		const char *value = found + strlen(word);

		value += strspn(value, " \t");
		if (*value != '=') {
			put(&to, rest, (size_t)(value - rest));
			rest = value;
			continue;
		}
		value++;
		value += strspn(value, " \t");
		put(&to, rest, (size_t)(value - rest));
		put(&to, mask, strlen(mask));
		rest = value + value_length(value);
	}
	put(&to, rest, strlen(rest));
	return to.text;
}
