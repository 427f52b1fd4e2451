/* body.c - see body.h. */
#include "apid/body.h"

#include <stdio.h>
#include <string.h>

#include "apid/request.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"

bool body_parse_object(const char *text, size_t length, cJSON **body_out, struct problem *problem)
{
	struct json_fault fault;
	cJSON *body = NULL;

	if (length > REQUEST_BODY_MAX) {
		problem_set(problem, 413, "The body has %zu bytes; %d are taken. Send less.",
			length, REQUEST_BODY_MAX);
		return false;
	}
	if (json_parse(text, length, &body, &fault) < 0) {
		if (fault.kind == JSON_FAULT_DUPLICATE) {
			problem_set(problem, 422, "A key stands twice in one object; see errors.");
			problem_add_error(problem, "DUPLICATE_KEY", fault.pointer, fault.text);
		} else {
			problem_set(problem, 400,
				"The body is not the JSON that is taken here: %s (byte %zu)",
				fault.text, fault.offset);
		}
		return false;
	}
	if (!cJSON_IsObject(body)) {
		json_free(&body);
		problem_set(problem, 422, "The body must be a JSON object; see errors.");
		problem_add_error(problem, "BAD_TYPE", "", "The document must be an object.");
		return false;
	}
	*body_out = body;
	return true;
}

bool body_read_object(struct request *request, cJSON **body_out, struct problem *problem)
{
	size_t length;
	const char *text = request_body(request, &length);

	return body_parse_object(text, length, body_out, problem);
}

/* At most JSON_MAX_DEPTH deep: json_parse has seen to that. */
static void check_numbers(const cJSON *item, const char *pointer, struct problem *problem)
{
	const cJSON *child;
	size_t index = 0;

	if (cJSON_IsNumber(item) && !json_number_fits(item->valuestring))
		problem_add_error(problem, "OUT_OF_RANGE", pointer,
			"This number has more digits than a number can have here.");
	cJSON_ArrayForEach(child, item)
	{
		char below[JSON_POINTER];
		char token[24];

		snprintf(below, sizeof(below), "%s", pointer);
		snprintf(token, sizeof(token), "%zu", index++);
		json_pointer_push(below, sizeof(below), child->string ? child->string : token);
		check_numbers(child, below, problem);
	}
}

void body_check_numbers(const cJSON *body, struct problem *problem)
{
	check_numbers(body, "", problem);
}

void body_check_names(const cJSON *body, const char *const names[], struct problem *problem)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, body)
	{
		char pointer[JSON_POINTER] = "";
		size_t i = 0;

		while (names[i] && strcmp(names[i], item->string) != 0)
			i++;
		if (names[i])
			continue;
		json_pointer_push(pointer, sizeof(pointer), item->string);
		problem_add_error(problem, "UNKNOWN_FIELD", pointer,
			"This member is not known here; leave it out or correct its name.");
	}
}
