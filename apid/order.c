/* order.c - see order.h. */
#include "apid/order.h"

#include <string.h>

#include "apid/apid.h"
#include "apid/db.h"
#include "apid/list.h"
#include "apid/order_explain.h"
#include "apid/question.h"
#include "apid/request.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "common/sys/uuid.h"

/* clang-format off */
const struct row_field order_fields[] = {
	{"id",               ROW_TEXT},
	{"client_order_id",  ROW_TEXT},
	{"alpaca_order_id",  ROW_TEXT},
	{"symbol",           ROW_TEXT},
	{"side",             ROW_TEXT},
	{"order_type",       ROW_TEXT},
	{"notional_usd",     ROW_DECIMAL},
	{"qty",              ROW_DECIMAL},
	{"limit_price",      ROW_DECIMAL},
	{"time_in_force",    ROW_TEXT},
	{"status",           ROW_TEXT},
	{"broker_status",    ROW_TEXT},
	{"reason",           ROW_TEXT},
	{"mode",             ROW_TEXT},
	{"question_id",      ROW_TEXT},
	{"rule_id",          ROW_TEXT},
	{"filled_qty",       ROW_DECIMAL},
	{"filled_avg_price", ROW_DECIMAL},
	{"created_at",       ROW_TIME},
	{"submitted_at",     ROW_TIME},
	{"filled_at",        ROW_TIME},
	{"claim_after",      ROW_TIME},
	{"cancel_requested_at", ROW_TIME},
	{NULL, ROW_TEXT},
};

/* What only the explanation tells: of the order, of its question's answer, of its fills. */
static const struct row_field more_fields[] = {
	{"extended_hours",      ROW_BOOL},
	{"cancel_requested_by", ROW_TEXT},
	{"cancel_status",       ROW_NUMBER},
	{NULL, ROW_TEXT},
};

static const struct row_field answer_fields[] = {
	{"answered_by",      ROW_TEXT},
	{"shown_digest",     ROW_TEXT},
	{"config_version",   ROW_NUMBER},
	{"template_version", ROW_NUMBER},
	{NULL, ROW_TEXT},
};

static const struct row_field fill_fields[] = {
	{"execution_id", ROW_TEXT},
	{"qty",          ROW_DECIMAL},
	{"price",        ROW_DECIMAL},
	{"at",           ROW_TIME},
	{NULL, ROW_TEXT},
};

static const struct row_field event_fields[] = {
	{"from_status", ROW_TEXT},
	{"to_status",   ROW_TEXT},
	{"at",          ROW_TIME},
	{"reason",      ROW_TEXT},
	{"detail",      ROW_JSON},
	{NULL, ROW_TEXT},
};
/* clang-format on */

static const char *const statuses[] = {"approved", "reserved", "submitting", "accepted",
	"partially_filled", "filled", "canceled", "expired", "rejected", "unknown", "unresolved",
	"quarantined", "blocked", NULL};

void order_list(struct request *request)
{
	list_serve(request, DB_ORDERS, statuses, order_fields);
}

static void got(void *owner, const struct pg_answer *answer)
{
	struct request *request = owner;
	const PGresult *question;
	cJSON *order;

	if (answer->outcome != PG_DONE) {
		db_refuse(request, answer);
		return;
	}
	if (!row_count(answer->results[0])) {
		request_refuse(request, 404,
			"You have no such order. GET /v1/me/trading/orders lists yours.");
		return;
	}
	order = row_object(answer->results[0], 0, order_fields);
	question = answer->results[1];
	row_add(order, answer->results[0], 0, more_fields);
	if (row_count(question)) /* the configuration that asked stands with it */
		row_add(order, question, 0, answer_fields);
	cJSON_AddItemToObject(order, "fills", row_array(answer->results[3], fill_fields));
	order_explain(order,
		row_count(question) ? row_object(question, 0, question_fields) : cJSON_CreateNull(),
		row_array(answer->results[2], event_fields));
	request_answer_json(request, 200, order);
}

void order_get(struct request *request)
{
	char text[UUID_TEXT];
	struct uuid id;

	if (uuid_read(request->match.param, &id) < 0) {
		request_refuse(request, 404,
			"You have no such order. GET /v1/me/trading/orders lists yours.");
		return;
	}
	uuid_write(id, text);
	db_ask(request->apid->db, request->who.uid,
		(const struct pg_call[]){
			DB_CALL(DB_ORDER, text),
			DB_CALL(DB_QUESTION, text),
			DB_CALL(DB_ORDER_EVENTS, text),
			DB_CALL(DB_ORDER_FILLS, text),
		},
		4, got, request);
}
