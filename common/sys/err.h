/* err.h - the reason of a failure, as text for whoever decides what to do about it. */
#pragma once

#include "common/sys/attr.h"

struct err {
	char text[512];
};

/* Writes the reason (err may be NULL) and returns r, so that `return err_set(err, -EINVAL, ...)` reads well. */
int err_set(struct err *err, int r, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts "prefix: " before the reason. */
void err_prefix(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
