/* err.c - see err.h. Both write aside first: the arguments may point into err itself. */
#include "common/sys/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, int r, const char *format, ...)
{
	struct err fresh;
	va_list args;

	if (!err)
		return r;
	va_start(args, format);
	vsnprintf(fresh.text, sizeof(fresh.text), format, args);
	va_end(args);
	memcpy(err->text, fresh.text, strlen(fresh.text) + 1);
	return r;
}

void err_prefix(struct err *err, const char *format, ...)
{
	struct err fresh;
	va_list args;
	size_t length;

	if (!err)
		return;
	va_start(args, format);
	vsnprintf(fresh.text, sizeof(fresh.text), format, args);
	va_end(args);

	length = strlen(fresh.text);
	snprintf(fresh.text + length, sizeof(fresh.text) - length, ": %s", err->text);
	memcpy(err->text, fresh.text, strlen(fresh.text) + 1);
}
