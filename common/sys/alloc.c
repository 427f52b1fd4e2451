/* alloc.c - see alloc.h. */
#include "common/sys/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/must.h"

void *alloc_zero(size_t size)
{
	return alloc_array(1, size);
}

void *alloc_array(size_t count, size_t size)
{
	void *memory;

	/* calloc checks the product; nothing asked for still gives an address that can be freed. */
	memory = calloc(count ? count : 1, size ? size : 1);
	must(memory);
	return memory;
}

void *alloc_grow(void *old, size_t count, size_t size)
{
	void *memory;

	memory = reallocarray(old, count ? count : 1, size ? size : 1);
	must(memory);
	return memory;
}

char *alloc_text(const char *text)
{
	return text ? alloc_bytes(text, strlen(text)) : NULL;
}

char *alloc_bytes(const char *bytes, size_t length)
{
	char *copy;

	must(length < SIZE_MAX);
	copy = alloc_zero(length + 1);
	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

char *alloc_print(const char *format, ...)
{
	va_list args;
	char *text = NULL;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	must(length >= 0);
	return text;
}

void alloc_free(void *place)
{
	void **pointer = place;

	free(*pointer);
	*pointer = NULL;
}
