/* head_end.h - finds the blank line that ends a request's header in bytes that come in pieces. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct head_end {
	bool text;	 /* the header has begun */
	bool line_start; /* the last byte but CR was LF */
};

/* true once the end was among these bytes. Blank lines before the first one are skipped, as evhttp does. */
bool head_end_seen(struct head_end *state, const char *bytes, size_t length);
