/* unit.h - cmocka with failures that a person can read: the row's name, decimal numbers, both texts. */
#pragma once

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/sys/attr.h"

#define want_i64(row, got, want)                                                                   \
	unit_want_i64(row, #got, (int64_t)(got), (int64_t)(want), __FILE__, __LINE__)
#define want_str(row, got, want) unit_want_str(row, #got, got, want, __FILE__, __LINE__)
#define want_true(row, condition)                                                                  \
	unit_want_true(row, #condition, (condition) ? 1 : 0, __FILE__, __LINE__)

static inline void unit_want_i64(
	const char *row, const char *what, int64_t got, int64_t want, const char *file, int line)
{
	if (got != want) {
		print_error("%s: %s is %" PRId64 ", not %" PRId64 "\n", row, what, got, want);
		_fail(file, line);
	}
}

/* NULL equals NULL only. */
static inline void unit_want_str(const char *row, const char *what, const char *got,
	const char *want, const char *file, int line)
{
	if (got == want || (got && want && strcmp(got, want) == 0))
		return;
	print_error("%s: %s is\n  %s\nnot\n  %s\n", row, what, got ? got : "(NULL)",
		want ? want : "(NULL)");
	_fail(file, line);
}

static inline void unit_want_true(
	const char *row, const char *what, int yes, const char *file, int line)
{
	if (!yes) {
		print_error("%s: %s does not hold\n", row, what);
		_fail(file, line);
	}
}
