/* order_explain.c - see order_explain.h. */
#include "apid/order_explain.h"

#include "common/sys/json.h"

/* The newest event that says something about it. */
static const cJSON *newest(const cJSON *events, const char *member)
{
	const cJSON *found = NULL;
	const cJSON *event;

	cJSON_ArrayForEach(event, events)
	{
		const cJSON *value = json_member(json_member(event, "detail"), member);

		if (value)
			found = value;
	}
	return found;
}

static void add_copy(cJSON *order, const char *name, const cJSON *value)
{
	cJSON_AddItemToObject(
		order, name, value ? cJSON_Duplicate(value, true) : cJSON_CreateNull());
}

/* Each guardrail that the claim evaluated, every line in the same shape: note says what could not be checked. */
static cJSON *guardrails_of(const cJSON *events)
{
	cJSON *lines = cJSON_CreateArray();
	const cJSON *line;

	cJSON_ArrayForEach(line, newest(events, "guardrails"))
	{
		cJSON *copy = cJSON_Duplicate(line, true);

		if (cJSON_IsObject(copy) && !json_member(copy, "note"))
			json_add_text(copy, "note", NULL);
		cJSON_AddItemToArray(lines, copy);
	}
	return lines;
}

/* What the order asks of the broker, in the broker's own names: it is fixed by the question, so the row says it. */
static cJSON *request_of(const cJSON *order)
{
	static const char *const names[][2] = {
		{"client_order_id", "client_order_id"},
		{"symbol", "symbol"},
		{"side", "side"},
		{"type", "order_type"},
		{"time_in_force", "time_in_force"},
		{"notional", "notional_usd"},
		{"qty", "qty"},
		{"limit_price", "limit_price"},
	};
	cJSON *request = cJSON_CreateObject();

	for (size_t i = 0; i < LENGTH(names); i++) {
		const char *text = json_text(order, names[i][1]);

		if (text)
			json_add_text(request, names[i][0], text);
	}
	if (cJSON_IsTrue(json_member(order, "extended_hours")))
		cJSON_AddTrueToObject(request, "extended_hours");
	return request;
}

/* An order as the broker showed it, or its refusal with the HTTP status. */
static const cJSON *reply_in(const cJSON *detail)
{
	const cJSON *inner = json_member(detail, "broker");

	if (inner)
		return inner;
	return json_member(detail, "http_status") || json_member(detail, "client_order_id") ? detail
											    : NULL;
}

static cJSON *replies_of(const cJSON *events)
{
	cJSON *replies = cJSON_CreateArray();
	const cJSON *event;

	cJSON_ArrayForEach(event, events)
	{
		const cJSON *reply = reply_in(json_member(event, "detail"));
		cJSON *row;

		if (!reply)
			continue;
		row = cJSON_CreateObject();
		add_copy(row, "at", json_member(event, "at"));
		add_copy(row, "to_status", json_member(event, "to_status"));
		add_copy(row, "reply", reply);
		cJSON_AddItemToArray(replies, row);
	}
	return replies;
}

void order_explain(cJSON *order, cJSON *question, cJSON *events)
{
	cJSON_AddItemToObject(order, "question", question);
	add_copy(order, "answer", json_member(question, "answer"));
	add_copy(order, "evidence", json_member(json_member(question, "metadata"), "evidence"));
	cJSON_AddItemToObject(order, "guardrails", guardrails_of(events));
	cJSON_AddItemToObject(order, "request", request_of(order));
	cJSON_AddItemToObject(order, "broker_replies", replies_of(events));
	cJSON_AddItemToObject(order, "events", events);
}
