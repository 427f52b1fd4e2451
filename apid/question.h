/* question.h - the caller's questions: GET /v1/me/questions and POST /v1/me/questions/{id}/answer. */
#pragma once

#include "apid/db_row.h"

struct request;

extern const struct row_field question_fields[];

void question_list(struct request *request);
void question_answer(struct request *request);
