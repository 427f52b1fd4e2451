/* origin.c - see origin.h. */
#include "apid/origin.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/* The next member, trimmed; NULL at the end. */
static const char *next_member(const char **list, size_t *length_out)
{
	const char *from = *list;
	size_t length;

	if (!from)
		return NULL;
	from += strspn(from, " \t,");
	length = strcspn(from, ",");
	*list = from + length;
	while (length && (from[length - 1] == ' ' || from[length - 1] == '\t'))
		length--;
	*length_out = length;
	return length ? from : NULL;
}

static const char *skip_scheme(const char *origin)
{
	if (strncmp(origin, "https://", 8) == 0)
		return origin + 8;
	return strncmp(origin, "http://", 7) == 0 ? origin + 7 : NULL;
}

bool origin_listed(const char *list, const char *origin)
{
	const char *member;
	size_t length;

	while ((member = next_member(&list, &length)) != NULL)
		if (strlen(origin) == length && memcmp(member, origin, length) == 0)
			return true;
	return false;
}

bool origin_is_own(const char *origin, const char *host)
{
	const char *authority = skip_scheme(origin);

	return authority && host && strcasecmp(authority, host) == 0;
}

int origin_check_list(const char *list, struct err *err)
{
	const char *member;
	size_t length;

	while ((member = next_member(&list, &length)) != NULL) {
		const char *authority = skip_scheme(member);
		size_t rest = authority ? length - (size_t)(authority - member) : 0;

		if (!rest || strcspn(authority, "/*?#@ ") < rest)
			return err_set(err, -EINVAL,
				"APID_ALLOWED_ORIGINS: %.*s is no origin like "
				"https://app.example.com",
				(int)length, member);
	}
	return 0;
}
