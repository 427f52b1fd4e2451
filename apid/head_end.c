/* head_end.c - see head_end.h. */
#include "apid/head_end.h"

bool head_end_seen(struct head_end *state, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\r')
			continue;
		if (bytes[i] != '\n') {
			state->text = true;
			state->line_start = false;
		} else if (state->text && state->line_start) {
			*state = (struct head_end){0};
			return true;
		} else {
			state->line_start = true;
		}
	}
	return false;
}
