/* must.h - "we are wrong": always compiled in, prints where and aborts; the supervisor restarts us. */
#pragma once

_Noreturn void must_fail(const char *condition, const char *file, int line);

#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition))                                                                  \
			must_fail(#condition, __FILE__, __LINE__);                                 \
	} while (0)
