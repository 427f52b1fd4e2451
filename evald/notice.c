/* notice.c - see notice.h. */
#include "evald/notice.h"

#include <inttypes.h>

#include "common/sys/alloc.h"
#include "common/sys/json_add.h"
#include "common/trading/question_id.h"
#include "evald/notice_text.h"

enum {
	LIFE_SEC = 7 * 24 * 3600,
};

/* What all notices share. rule may be NULL. */
static cJSON *make(const char *uid, const char *subject, const char *state, const char *rule,
	struct uuid *id_out)
{
	AUTO(alloc_free)
	char *tag =
		rule != NULL ? alloc_print("trading:rule:%s", rule) : alloc_text("trading:config");
	AUTO(alloc_free) char *step = alloc_print("%s:notice", rule != NULL ? rule : "config");
	cJSON *ask = cJSON_CreateObject();
	cJSON *metadata = cJSON_CreateObject();

	*id_out = notice_id(uid, subject, state);
	json_add_uuid(ask, "id", *id_out);
	json_add_text(ask, "kind", "notice");
	json_add_text(ask, "firebase_uid", uid);
	json_add_text(ask, "source_tag", tag);
	json_add_text(ask, "pipeline_step", step);
	json_add_text(metadata, "subject", subject);
	json_add_text(metadata, "state", state);
	cJSON_AddItemToObject(ask, "metadata", metadata);
	return ask;
}

void notice_date(cJSON *notice, struct wall now)
{
	json_add_wall(notice, "created_at", now);
	json_add_wall(notice, "expires_at", wall_add(now, span_sec(LIFE_SEC)));
}

cJSON *notice_of_order(const struct notice_due *due, struct uuid *id_out)
{
	AUTO(alloc_free) char *text = notice_text(due);
	cJSON *ask = make(due->uid, due->subject, due->state, due->rule_id, id_out);

	if (due->rule_id != NULL)
		json_add_text(ask, "rule_id", due->rule_id);
	json_add_text(ask, "symbol", due->symbol);
	json_add_text(ask, "question_text", text);
	if (due->reason != NULL)
		json_add_text(cJSON_GetObjectItem(ask, "metadata"), "reason", due->reason);
	notice_date(ask, due->now);
	return ask;
}

cJSON *notice_of_config(const char *uid, struct person_stamp stamp,
	const struct config_report *report, struct uuid *id_out)
{
	const struct config_problem *first = report->nerrors > 0 ? &report->errors[0] : NULL;
	AUTO(alloc_free)
	char *subject =
		alloc_print("config:%" PRId64 ":%" PRId64, stamp.version, stamp.template_version);
	AUTO(alloc_free)
	char *text =
		alloc_print("Your trading rules are switched off: the stored configuration is not "
			    "valid (%s at %s: %.200s).",
			first ? config_code_name(first->code) : "?", first ? first->path : "",
			first ? first->message : "");
	cJSON *ask = make(uid, subject, "unusable", NULL, id_out);

	json_add_text(ask, "question_text", text);
	return ask;
}
