/* fetch.h - one GET of Alpaca's data or trading host with our keys, and what its answer means. */
#pragma once

#include "common/alpaca/pace.h"
#include "common/sys/http.h"
#include "ingestd/answer.h"

struct ingest;

/* Forget it by http_forget. */
void fetch_ask(const struct ingest *ingest, const char *url, http_answer_fn *fn, void *owner);

/* The host's pace learns from the answer's headers. */
void fetch_read(const struct ingest *ingest, const struct http_response *response,
	struct pace *pace, struct answer *out);
