/*
 * fake.h - the broker of QUESTION_PIPELINE_TEST_MODE, inside the process: takes what http.h takes and answers what Alpaca
 * would, so that everything above it (fence, verdict, echo, records) is the road of real orders. No byte leaves.
 * It keeps no orders: test_orders() shows those whose last fence has committed, also after a kill -9. Only what was
 * canceled here is remembered here, and a cancel that is still wanted is asked for again.
 */
#pragma once

#include "common/sys/http.h"
#include "common/sys/pg.h"

struct fake;

/* For the list of statements that a test prepares. */
extern const struct pg_stmt fake_statement, fake_positions_statement;

/* pg: where its answers come from; *pg is read when it is asked, and may change until then. */
struct fake *fake_new(struct event_base *base, const struct clock *clock, struct pg *const *pg);
/* What is asked is dropped without an answer. */
void fake_free(struct fake **fake);

/* As http_ask and http_forget. */
void fake_ask(
	struct fake *fake, const struct http_request *request, http_answer_fn *fn, void *owner);
void fake_forget(struct fake *fake, const void *owner);
