/* must.c - see must.h. */
#include "common/sys/must.h"

#include <stdio.h>
#include <stdlib.h>

void must_fail(const char *condition, const char *file, int line)
{
	fprintf(stderr, "<2>must(%s) failed at %s:%d\n", condition, file, line);
	abort();
}
