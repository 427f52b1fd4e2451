/* config.c - see config.h. */
#include "apid/config.h"

#include <stdio.h>
#include <string.h>

#include "apid/apid.h"
#include "apid/body.h"
#include "apid/config_view.h"
#include "apid/db.h"
#include "apid/request.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"

/* A PUT from its body to its answer. */
struct put {
	struct request *request;
	cJSON *override;
	char *text;		 /* of the override, numbers exact */
	bool without_guardrails; /* SQL could not merge them: the validator says why */
};

static void put_free(struct put **put)
{
	json_free(&(*put)->override);
	alloc_free(&(*put)->text);
	alloc_free(put);
}

static void answer_view(struct request *request, const PGresult *own, const PGresult *guardrails)
{
	struct config_view view = {0};
	char tag[32];

	config_view_read(&view, own, guardrails);
	snprintf(tag, sizeof(tag), "\"%s\"", view.version);
	request_add_header(request, "ETag", tag);
	request_add_header(request, "Cache-Control", "private, no-cache");
	request_answer_json(
		request, 200, config_view_body(&view, request->apid->settings->allow_unattended));
	config_view_done(&view);
}

static void got(void *owner, const struct pg_answer *answer)
{
	if (answer->outcome == PG_DONE)
		answer_view(owner, answer->results[0], answer->results[1]);
	else
		db_refuse(owner, answer);
}

void config_get(struct request *request)
{
	db_ask(request->apid->db, request->who.uid,
		(const struct pg_call[]){
			DB_CALL_BARE(DB_CONFIG_OWN),
			DB_CALL(DB_GUARDRAILS, NULL),
		},
		2, got, request);
}

static void refuse_version(struct request *request, const char *version)
{
	struct problem problem = {0};

	problem_set(&problem, 412,
		"The configuration is at version %s now, and If-Match names no such version. If it "
		"has changed meanwhile, GET it and apply your change again; PUT with its ETag, as "
		"in If-Match: \"%s\".",
		version, version);
	problem_add_error(&problem, "VERSION_CONFLICT", "", "If-Match names another version.");
	request_answer_problem(request, &problem);
}

static void stored(void *owner, const struct pg_answer *answer)
{
	AUTO(put_free) struct put *put = owner;
	const char *outcome, *version;

	if (answer->outcome != PG_DONE) {
		db_refuse(put->request, answer);
		return;
	}
	outcome = row_text(answer->results[0], 0, "outcome");
	version = row_text(answer->results[0], 0, "version");
	if (!outcome || strcmp(outcome, "ok") != 0) {
		refuse_version(put->request, version ? version : "another");
		return;
	}
	log_info(put->request->apid->log, "config.stored", "a person stored a configuration",
		LOG_TEXT("version", version));
	answer_view(put->request, answer->results[1], answer->results[2]);
}

/* The override's own `enabled` sets the person's switch; without it the switch stays. */
static const char *switch_of(const cJSON *override)
{
	const cJSON *enabled = json_member(override, "enabled");

	return !enabled ? NULL : cJSON_IsTrue(enabled) ? "true" : "false";
}

static void store(struct put *put, const struct config_view *view)
{
	bool guarded = request_header(put->request, "If-Match") != NULL;

	db_ask(put->request->apid->db, put->request->who.uid,
		(const struct pg_call[]){
			DB_CALL(DB_CONFIG_PUT, put->text, switch_of(put->override),
				guarded ? view->version : NULL),
			DB_CALL_BARE(DB_CONFIG_OWN),
			DB_CALL(DB_GUARDRAILS, NULL),
		},
		3, stored, put);
}

static void judge(struct put *put, const struct config_view *view)
{
	struct request *request = put->request;
	struct problem problem = {0};

	if (!request->http) { /* its client has gone, and nobody would read what was stored */
		request_let_go(request);
		put_free(&put);
	} else if (!config_view_matches(view, request_header(request, "If-Match"))) {
		refuse_version(request, view->version);
		put_free(&put);
	} else if (!config_view_check(view, put->override,
			   request->apid->settings->allow_unattended, &problem)) {
		request_answer_problem(request, &problem);
		put_free(&put);
	} else {
		store(put, view);
	}
}

static void ask_current(struct put *put);

static void current(void *owner, const struct pg_answer *answer)
{
	struct put *put = owner;
	struct config_view view = {0};

	if (answer->outcome == PG_DONE) {
		config_view_read(&view, answer->results[0],
			put->without_guardrails ? NULL : answer->results[1]);
		judge(put, &view);
		config_view_done(&view);
	} else if (!put->without_guardrails && strncmp(answer->sqlstate, "22", 2) == 0) {
		put->without_guardrails = true;
		ask_current(put);
	} else {
		db_refuse(put->request, answer);
		put_free(&put);
	}
}

static void ask_current(struct put *put)
{
	db_ask(put->request->apid->db, put->request->who.uid,
		(const struct pg_call[]){
			DB_CALL_BARE(DB_CONFIG_OWN),
			DB_CALL(DB_GUARDRAILS, put->text),
		},
		put->without_guardrails ? 1 : 2, current, put);
}

void config_put(struct request *request)
{
	struct problem problem = {0};
	cJSON *override = NULL;
	struct put *put;

	if (!body_read_object(request, &override, &problem)) {
		request_answer_problem(request, &problem);
		return;
	}
	body_check_numbers(override, &problem);
	if (problem.errors) {
		json_free(&override);
		problem_tell(&problem, 422,
			"The configuration was not stored: it holds numbers that nobody could "
			"read back; see errors.");
		request_answer_problem(request, &problem);
		return;
	}
	put = alloc_zero(sizeof(*put));
	put->request = request;
	put->override = override;
	put->text = json_print(override);
	ask_current(put);
}
