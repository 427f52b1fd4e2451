/* problem.h - a refusal as RFC 9457 tells it; the hub says the same in one line. Pure. */
#pragma once

#include <cjson/cJSON.h>

#include "common/sys/attr.h"

struct problem {
	int status;	  /* 0: there is no problem */
	int retry_after;  /* seconds; 0: no such header */
	char allow[64];	  /* for 405 */
	char detail[512]; /* what happened and what to do about it */
	cJSON *errors;	  /* [{code, path, message}], owned, or NULL */
	cJSON *warnings;  /* alike */
};

/* Sets status and detail; what was there before is freed. */
void problem_set(struct problem *problem, int status, const char *detail, ...) PRINTF_LIKE(3, 4);
/* Sets them and keeps the errors that were added before. */
void problem_tell(struct problem *problem, int status, const char *detail);
/* path is a JSON pointer into the body that was sent. */
void problem_add_error(
	struct problem *problem, const char *code, const char *path, const char *message);
void problem_done(struct problem *problem);

/* "Not Found" of 404. */
const char *problem_title(int status);

/* {"type", "title", "status", "detail", "errors"?, "warnings"?}; the caller frees. */
char *problem_print(const struct problem *problem);
/* `404 Not Found: detail`, as a hub completion carries it; the caller frees. */
char *problem_line(const struct problem *problem);
