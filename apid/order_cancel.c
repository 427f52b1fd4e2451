/* order_cancel.c - see order_cancel.h. */
#include "apid/order_cancel.h"

#include <string.h>

#include "apid/apid.h"
#include "apid/db.h"
#include "apid/order.h"
#include "apid/request.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"

static const char NOT_YOURS[] = "You have no such order. GET /v1/me/trading/orders lists yours.";

static const char *end_of(const char *status)
{
	static const char *const ends[][2] = {
		{"filled", "it was filled; what it bought or sold stays"},
		{"canceled", "it was canceled before"},
		{"expired", "it has expired"},
		{"rejected", "the broker refused it"},
		{"blocked", "it was stopped before it was sent"},
	};

	for (size_t i = 0; status && i < LENGTH(ends); i++)
		if (strcmp(ends[i][0], status) == 0)
			return ends[i][1];
	return "nothing of it is open";
}

void order_cancel_problem(const char *outcome, const char *status, struct problem *problem)
{
	if (strcmp(outcome, "not_found") == 0)
		problem_set(problem, 404, "%s", NOT_YOURS);
	else if (strcmp(outcome, "final") == 0)
		problem_set(problem, 409, "This order has ended: %s. There is nothing to cancel.",
			end_of(status));
	else if (strcmp(outcome, "canceled") != 0 && strcmp(outcome, "asked") != 0)
		problem_set(problem, 500, "The service made a mistake; it is in its log.");
}

static void asked(void *owner, const struct pg_answer *answer)
{
	struct request *request = owner;
	struct problem problem = {0};
	const PGresult *order;
	const char *outcome;

	if (answer->outcome != PG_DONE) {
		db_refuse(request, answer);
		return;
	}
	outcome = row_text(answer->results[0], 0, "outcome");
	order = answer->results[1];
	order_cancel_problem(outcome ? outcome : "",
		row_count(order) ? row_text(order, 0, "status") : NULL, &problem);
	if (problem.status) {
		request_answer_problem(request, &problem);
		return;
	}
	log_info(request->apid->log, "order.cancel_asked", "a person wants an order back",
		LOG_TEXT("order_id", row_text(order, 0, "id")), LOG_TEXT("outcome", outcome));
	request_answer_json(request, 202, row_object(order, 0, order_fields));
}

void order_cancel(struct request *request)
{
	char text[UUID_TEXT];
	struct uuid id;

	if (uuid_read(request->match.param, &id) < 0) {
		request_refuse(request, 404, "%s", NOT_YOURS);
		return;
	}
	uuid_write(id, text);
	db_ask(request->apid->db, request->who.uid,
		(const struct pg_call[]){
			DB_CALL(DB_ORDER_CANCEL, text),
			DB_CALL(DB_ORDER, text),
		},
		2, asked, request);
}
