/* config_check.c - structure, then meaning, then pointers back into what the user wrote. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/trading/config_check.h"
#include "common/trading/config_meaning.h"
#include "common/trading/config_merge.h"
#include "common/trading/config_structure.h"

static int index_of_id(const cJSON *list, const char *id)
{
	const cJSON *item;
	int index = 0;

	if (!id || !cJSON_IsArray(list))
		return -1;

	cJSON_ArrayForEach(item, list)
	{
		const char *other = json_text(item, "id");

		if (other && strcmp(other, id) == 0)
			return index;
		index++;
	}
	return -1;
}

/* /rules/3/... of the merged document is /rules/1/... of an override that lists only two. */
static void relocate(struct config_problem *problem, const cJSON *merged, const cJSON *override)
{
	static const char *const lists[] = {"rules", "data_inputs"};
	const char *path = problem->path;
	size_t i;

	for (i = 0; i < LENGTH(lists); i++) {
		size_t length = strlen(lists[i]);
		const cJSON *item;
		char *rest;
		char *moved;
		long index;
		int there;

		if (path[0] != '/' || strncmp(path + 1, lists[i], length) != 0 ||
			path[length + 1] != '/')
			continue;
		index = strtol(path + length + 2, &rest, 10);
		item = cJSON_GetArrayItem(json_member(merged, lists[i]), (int)index);
		there = index_of_id(json_member(override, lists[i]), json_text(item, "id"));
		if (there < 0 || there == index)
			return;

		moved = alloc_print("/%s/%d%s", lists[i], there, rest);
		alloc_free(&problem->path);
		problem->path = moved;
		return;
	}
}

static void check_meaning(struct checked *at, const struct config_question *question)
{
	AUTO(json_free) cJSON *merged = config_merge(question->template_config, question->override);
	struct config_report *report = at->report;
	size_t errors = report->nerrors;
	size_t warnings = report->nwarnings;

	structure_check_whole(at, merged);
	if (!structure_is_short(question->override))
		return;
	meaning_check_inputs(at, merged);
	meaning_check_rules(at, merged, question->guardrails);
	meaning_check_policy(at, question, merged);
	if (!question->template_config)
		return;

	for (; errors < report->nerrors; errors++)
		relocate(&report->errors[errors], merged, question->override);
	for (; warnings < report->nwarnings; warnings++)
		relocate(&report->warnings[warnings], merged, question->override);
}

bool config_check(const struct config_question *question, struct config_report *report)
{
	struct checked at = {.report = report};
	size_t before = report->nerrors;

	structure_check(&at, question->override);
	if (!cJSON_IsObject(question->override))
		return false;
	if (question->template_config)
		structure_check(&at, question->template_config);

	check_meaning(&at, question);
	return report->nerrors == before;
}

static int parse(const char *text, cJSON **out, struct config_report *report)
{
	struct json_fault fault;

	if (json_parse(text, strlen(text), out, &fault) == 0)
		return 0;

	config_report_add(report,
		fault.kind == JSON_FAULT_DUPLICATE ? CONFIG_DUPLICATE_KEY : CONFIG_BAD_FORMAT,
		fault.pointer, "%s", fault.text);
	return -EINVAL;
}

int config_load(
	const struct config_source *source, struct config **out, struct config_report *report)
{
	AUTO(json_free) cJSON *template_config = NULL;
	AUTO(json_free) cJSON *override = NULL;
	AUTO(json_free) cJSON *merged = NULL;
	struct config_question question = {.allow_unattended = source->allow_unattended};
	struct err err;
	int r;

	if (source->template_text) {
		r = parse(source->template_text, &template_config, report);
		if (r < 0)
			return r;
	}
	r = parse(source->override_text ? source->override_text : "{}", &override, report);
	if (r < 0)
		return r;

	question.template_config = template_config;
	question.override = override;
	if (!config_check(&question, report))
		return -EINVAL;

	merged = config_merge(template_config, override);
	r = config_read(merged, source->worker_interval_seconds, out, &err);
	if (r < 0)
		config_report_add(report, CONFIG_BAD_VALUE, "", "%s", err.text);

	return r;
}
