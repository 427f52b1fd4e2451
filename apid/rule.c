/* rule.c - see rule.h. */
#include "apid/rule.h"

#include <string.h>

#include "apid/apid.h"
#include "apid/db.h"
#include "apid/db_row.h"
#include "apid/request.h"
#include "common/sys/json.h"
#include "common/trading/config_value.h"

static void refuse(struct request *request)
{
	request_refuse(
		request, 404, "You have no such rule. GET /v1/me/trading/config shows yours.");
}

static void resumed(void *owner, const struct pg_answer *answer)
{
	struct request *request = owner;
	const char *outcome;
	cJSON *body;

	if (answer->outcome != PG_DONE) {
		db_refuse(request, answer);
		return;
	}
	outcome = row_text(answer->results[0], 0, "outcome");
	if (!outcome || strcmp(outcome, "ok") != 0) {
		refuse(request);
		return;
	}
	log_info(request->apid->log, "rule.resumed", "a person ends the pause of a rule",
		LOG_TEXT("uid", request->who.uid), LOG_TEXT("rule", request->match.param));
	body = cJSON_CreateObject();
	json_add_text(body, "rule_id", request->match.param);
	cJSON_AddFalseToObject(body, "paused");
	request_answer_json(request, 200, body);
}

void rule_resume(struct request *request)
{
	if (!value_is_id(request->match.param)) {
		refuse(request);
		return;
	}
	db_ask(request->apid->db, request->who.uid, &DB_CALL(DB_RULE_RESUME, request->match.param),
		1, resumed, request);
}
