/* json_scan.h - the strict look at a document before cJSON sees it; for json.c only. */
#pragma once

#include "common/sys/json.h"

struct json_numbers {
	struct json_number {
		size_t at, length; /* in the text */
	} * items;		   /* in document order */

	size_t count, room;
};

/* 0 and where the numbers stand (json_numbers_done frees), or -EINVAL and *fault. */
int json_scan(const char *text, size_t length, struct json_numbers *numbers_out,
	struct json_fault *fault) MUST_CHECK;
void json_numbers_done(struct json_numbers *numbers);

/* Length of the number that text begins with, by RFC 8259's grammar; 0 when it begins with none. */
size_t json_number_length(const char *text, size_t length);
