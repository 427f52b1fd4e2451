/* alloc.h - memory that never fails: all state worth keeping is in Postgres, so we die and are restarted. */
#pragma once

#include "common/sys/attr.h"

void *alloc_zero(size_t size);
void *alloc_array(size_t count, size_t size);		/* zeroed; dies on overflow */
void *alloc_grow(void *old, size_t count, size_t size); /* realloc; new part not zeroed */
char *alloc_text(const char *text);			/* copy; NULL gives NULL */
char *alloc_bytes(const char *bytes, size_t length);	/* copy with a closing NUL */
char *alloc_print(const char *format, ...) PRINTF_LIKE(1, 2);

/* For AUTO: frees *(void **)place and sets NULL. */
void alloc_free(void *place);
