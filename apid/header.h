/*
 * header.h - what evhttp lets through and we do not (docs/api.md, "Requests"): a proxy in front and we must agree
 * where a request ends. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/sys/attr.h"

struct header {
	const char *name, *value;
};

/* NULL, or the sentence that a 400 carries; the connection must then be closed. */
const char *header_fault(const struct header headers[], size_t count, bool http_1_1) MUST_CHECK;

/* The value of the only header of that name, any case; NULL when absent. */
const char *header_value(const struct header headers[], size_t count, const char *name);

/* Does the comma list hold this token, any case? `Connection: keep-alive, Upgrade`. */
bool header_lists(const char *value, const char *token);
