/* config_view.c - see config_view.h. */
#include "apid/config_view.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "common/trading/config_check.h"
#include "common/trading/config_merge.h"
#include "common/trading/guardrail.h"

static cJSON *parse(const char *text)
{
	struct json_fault fault;
	cJSON *document = NULL;

	if (!text || json_parse(text, strlen(text), &document, &fault) < 0)
		return NULL;
	return document;
}

void config_view_read(struct config_view *view, const PGresult *own, const PGresult *guardrails)
{
	const char *version = row_count(own) ? row_text(own, 0, "config_version") : NULL;
	const char *enabled = row_count(own) ? row_text(own, 0, "enabled") : NULL;

	config_view_done(view);
	snprintf(view->version, sizeof(view->version), "%s", version ? version : "0");
	view->enabled = enabled && *enabled == 't';
	if (row_count(own)) {
		view->template_config = parse(row_text(own, 0, "template_config"));
		view->override = parse(row_text(own, 0, "config"));
	}
	if (!view->override)
		view->override = cJSON_CreateObject();
	if (guardrails && row_count(guardrails))
		view->guardrails = parse(row_text(guardrails, 0, "body"));
}

void config_view_done(struct config_view *view)
{
	json_free(&view->template_config);
	json_free(&view->override);
	json_free(&view->guardrails);
	*view = (struct config_view){0};
}

static cJSON *problems(const struct config_problem *rows, size_t count, cJSON *array)
{
	for (size_t i = 0; i < count; i++) {
		cJSON *row = cJSON_CreateObject();

		json_add_text(row, "code", config_code_name(rows[i].code));
		json_add_text(row, "path", rows[i].path);
		json_add_text(row, "message", rows[i].message);
		cJSON_AddItemToArray(array, row);
	}
	return array;
}

static bool check(const struct config_view *view, const cJSON *override, bool allow_unattended,
	struct config_report *report)
{
	struct guardrails guardrails;
	struct err err;
	bool told = view->guardrails && guardrails_read(view->guardrails, &guardrails, &err) == 0;
	const struct config_question question = {
		.template_config = view->template_config,
		.override = override,
		.guardrails = told ? &guardrails : NULL,
		.allow_unattended = allow_unattended,
	};
	bool good = config_check(&question, report);

	if (told)
		guardrails_done(&guardrails);
	return good;
}

cJSON *config_view_body(const struct config_view *view, bool allow_unattended)
{
	cJSON *body = cJSON_CreateObject();
	cJSON *effective = config_merge(view->template_config, view->override);
	struct config_report report = {0};
	cJSON *warnings;

	json_add_number(body, "version", view->version);
	cJSON_AddBoolToObject(body, "enabled", view->enabled);
	cJSON_AddItemToObject(body, "override", cJSON_Duplicate(view->override, true));
	if (view->guardrails)
		cJSON_AddItemToObject(
			effective, "guardrails", cJSON_Duplicate(view->guardrails, true));
	cJSON_AddItemToObject(body, "effective", effective);
	warnings = cJSON_AddArrayToObject(body, "warnings");
	if (strcmp(view->version, "0") != 0) {
		check(view, view->override, allow_unattended, &report);
		problems(report.warnings, report.nwarnings, warnings);
		problems(report.errors, report.nerrors, warnings);
	}
	config_report_done(&report);
	return body;
}

bool config_view_check(const struct config_view *view, const cJSON *override, bool allow_unattended,
	struct problem *problem)
{
	struct config_report report = {0};
	bool good = check(view, override, allow_unattended, &report);

	if (!good) {
		problem_set(problem, 422,
			"The configuration was not stored: it has %zu fault%s; see errors.",
			report.nerrors, report.nerrors == 1 ? "" : "s");
		problem->errors = problems(report.errors, report.nerrors, cJSON_CreateArray());
		problem->warnings =
			problems(report.warnings, report.nwarnings, cJSON_CreateArray());
	}
	config_report_done(&report);
	return good;
}

static bool is_tag(const char *part, size_t length, const char *tag)
{
	return strlen(tag) == length && memcmp(part, tag, length) == 0;
}

bool config_view_matches(const struct config_view *view, const char *if_match)
{
	AUTO(alloc_free) char *tag = alloc_print("\"%s\"", view->version);

	if (!if_match)
		return true;
	while (*if_match) {
		size_t part;

		if_match += strspn(if_match, " \t,");
		part = strcspn(if_match, " \t,");
		if (is_tag(if_match, part, tag) || is_tag(if_match, part, view->version) ||
			is_tag(if_match, part, "*"))
			return true;
		if_match += part;
	}
	return false;
}
