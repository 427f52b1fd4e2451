/* body.h - a request's body as strict JSON: 413 over the size, 422 with its pointer for a key twice, else 400. */
#pragma once

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "apid/problem.h"

struct request;

/* false and a problem with its status set. The caller frees the object. */
bool body_read_object(struct request *request, cJSON **body_out, struct problem *problem);
/* The same from text; pure. */
bool body_parse_object(const char *text, size_t length, cJSON **body_out, struct problem *problem);
/* Adds OUT_OF_RANGE for each number that the database would write out too long to be read back. */
void body_check_numbers(const cJSON *body, struct problem *problem);
/* Adds UNKNOWN_FIELD for each member that is not among the names (NULL-terminated). */
void body_check_names(const cJSON *body, const char *const names[], struct problem *problem);
