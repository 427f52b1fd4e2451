/* status.c - see status.h. */
#include "apid/status.h"

#include <string.h>

#include "apid/apid.h"
#include "apid/body.h"
#include "apid/db.h"
#include "apid/db_row.h"
#include "apid/halt_told.h"
#include "apid/orders_told.h"
#include "apid/request.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"

enum {
	REASON_MAX = 200, /* bytes */
};

/* clang-format off */
static const struct row_field switch_fields[] = {
	{"halt_level", ROW_TEXT},
	{"own_level",  ROW_TEXT},
	{"account",    ROW_TEXT},
	{NULL, ROW_TEXT},
};

static const struct row_field status_fields[] = {
	{"mode",              ROW_TEXT},
	{"orders",            ROW_TEXT},
	{"orders_reason",     ROW_TEXT},
	{"market_open",       ROW_BOOL},
	{"market_changes_at", ROW_TIME},
	{"data_as_of",        ROW_TIME},
	{"positions",         ROW_JSON},
	{"guardrails",        ROW_JSON},
	{"now",               ROW_TIME},
	{NULL, ROW_TEXT},
};

/* clang-format on */

/* {halt_level, own_level, account, detail}. */
static cJSON *switch_of(const PGresult *status)
{
	const struct halts halts = {
		.account = row_text(status, 0, "account"),
		.own = row_text(status, 0, "own_level"),
		.held_scope = row_text(status, 0, "held_scope"),
		.held_level = row_text(status, 0, "held_level"),
		.held_reason = row_text(status, 0, "held_reason"),
	};
	AUTO(alloc_free) char *detail = halt_told(&halts);
	cJSON *body = row_object(status, 0, switch_fields);

	json_add_text(body, "detail", detail);
	return body;
}

/* What the database cannot know: where trading is switched off, no daemon of this installation orders anything. */
static void add_setting(cJSON *body, const struct apid *apid)
{
	if (daemon_common(apid->daemon)->trading_enabled)
		return;
	cJSON_ReplaceItemInObject(body, "orders", cJSON_CreateString("none"));
	cJSON_ReplaceItemInObject(body, "orders_reason", cJSON_CreateString("TRADING_ENABLED"));
}

/* Also of what a newer tradectl says. */
static void add_words(cJSON *body)
{
	const char *told = orders_told(json_text(body, "orders_reason"));

	if (told)
		json_add_text(body, "orders_detail", told);
	else
		cJSON_AddNullToObject(body, "orders_detail");
}

static void got(void *owner, const struct pg_answer *answer)
{
	struct request *request = owner;
	const PGresult *status = answer->results[0];
	cJSON *body;

	if (answer->outcome != PG_DONE) {
		db_refuse(request, answer);
		return;
	}
	body = switch_of(status);
	row_add(body, status, 0, status_fields);
	add_setting(body, request->apid);
	add_words(body);
	request_answer_json(request, 200, body);
}

void status_get(struct request *request)
{
	db_ask(request->apid->db, request->who.uid, &DB_CALL_BARE(DB_STATUS), 1, got, request);
}

static void switched(void *owner, const struct pg_answer *answer)
{
	struct request *request = owner;

	if (answer->outcome != PG_DONE) {
		db_refuse(request, answer);
		return;
	}
	log_info(request->apid->log, "halt.self", "a person moved their own switch",
		LOG_TEXT("level", row_text(answer->results[0], 0, "level")),
		LOG_TEXT("in_force", row_text(answer->results[1], 0, "halt_level")));
	request_answer_json(request, 200, switch_of(answer->results[1]));
}

/* No body, or {"reason": "..."}. */
static bool read_reason(struct request *request, cJSON **body_out, struct problem *problem)
{
	size_t length;
	const char *text = request_body(request, &length); /* once: it closes the text */
	const cJSON *reason;

	if (!length)
		return true;
	if (!body_parse_object(text, length, body_out, problem))
		return false;
	reason = json_member(*body_out, "reason");
	if (reason && (!cJSON_IsString(reason) || strlen(reason->valuestring) > REASON_MAX))
		problem_add_error(problem, "BAD_TYPE", "/reason",
			"`reason` must be a text of at most 200 bytes.");
	body_check_names(*body_out, (const char *const[]){"reason", NULL}, problem);
	if (problem->errors)
		problem_tell(
			problem, 422, "The body may say a reason and nothing else; see errors.");
	return !problem->errors;
}

static void move_switch(struct request *request, const char *level)
{
	AUTO(json_free) cJSON *body = NULL;
	struct problem problem = {0};
	const char *reason;

	if (!read_reason(request, &body, &problem)) {
		request_answer_problem(request, &problem);
		return;
	}
	reason = json_text(body, "reason");
	db_ask(request->apid->db, request->who.uid,
		(const struct pg_call[]){
			DB_CALL(DB_SELF_HALT, level,
				reason && *reason ? reason : "asked for by its person"),
			DB_CALL_BARE(DB_STATUS),
		},
		2, switched, request);
}

void status_halt(struct request *request)
{
	move_switch(request, "halted");
}

void status_resume(struct request *request)
{
	move_switch(request, "active");
}
