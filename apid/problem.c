/* problem.c - see problem.h. */
#include "apid/problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"

static const struct {
	int status;
	const char *title;
} titles[] = {
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{409, "Conflict"},
	{410, "Gone"},
	{412, "Precondition Failed"},
	{413, "Content Too Large"},
	{415, "Unsupported Media Type"},
	{422, "Unprocessable Content"},
	{426, "Upgrade Required"},
	{429, "Too Many Requests"},
	{500, "Internal Server Error"},
	{503, "Service Unavailable"},
};

const char *problem_title(int status)
{
	for (size_t i = 0; i < LENGTH(titles); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Error";
}

void problem_done(struct problem *problem)
{
	cJSON_Delete(problem->errors);
	cJSON_Delete(problem->warnings);
	*problem = (struct problem){0};
}

void problem_set(struct problem *problem, int status, const char *detail, ...)
{
	va_list list;

	problem_done(problem);
	problem->status = status;
	va_start(list, detail);
	vsnprintf(problem->detail, sizeof(problem->detail), detail, list);
	va_end(list);
}

void problem_tell(struct problem *problem, int status, const char *detail)
{
	problem->status = status;
	snprintf(problem->detail, sizeof(problem->detail), "%s", detail);
}

void problem_add_error(
	struct problem *problem, const char *code, const char *path, const char *message)
{
	cJSON *row = cJSON_CreateObject();

	json_add_text(row, "code", code);
	json_add_text(row, "path", path);
	json_add_text(row, "message", message);
	if (!problem->errors)
		problem->errors = cJSON_CreateArray();
	cJSON_AddItemToArray(problem->errors, row);
}

char *problem_print(const struct problem *problem)
{
	cJSON *body = cJSON_CreateObject();
	char status[16];
	char *text;

	snprintf(status, sizeof(status), "%d", problem->status);
	json_add_text(body, "type", "about:blank");
	json_add_text(body, "title", problem_title(problem->status));
	json_add_number(body, "status", status);
	json_add_text(body, "detail", problem->detail);
	if (problem->errors)
		cJSON_AddItemReferenceToObject(body, "errors", problem->errors);
	if (problem->warnings)
		cJSON_AddItemReferenceToObject(body, "warnings", problem->warnings);
	text = json_print(body);
	json_free(&body);
	return text;
}

char *problem_line(const struct problem *problem)
{
	return alloc_print(
		"%d %s: %s", problem->status, problem_title(problem->status), problem->detail);
}
