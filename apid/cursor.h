/* cursor.h - where the next page of a list begins: the last row's time and id, as one opaque text. Pure. */
#pragma once

#include "common/sys/attr.h"
#include "common/sys/clock.h"
#include "common/sys/uuid.h"

enum {
	CURSOR_TEXT = 40,
};

struct cursor {
	struct wall at;
	struct uuid id;
};

void cursor_write(struct cursor cursor, char out[static CURSOR_TEXT]);
/* 0, or -EINVAL for a text that cursor_write did not make. */
int cursor_read(const char *text, struct cursor *cursor_out) MUST_CHECK;
