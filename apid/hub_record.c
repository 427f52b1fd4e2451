/* hub_record.c - see hub_record.h. */
#include "apid/hub_record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"

#define RECORD_END "\x1e"

const char hub_record_shaken[] = "{}" RECORD_END;
const char hub_record_ping[] = "{\"type\":6}" RECORD_END;

int hub_records_add(struct hub_records *records, const char *bytes, size_t length)
{
	size_t held = records->end - records->start;
	const char *last;

	if (held + length > HUB_RECORDS_MAX)
		return -EMSGSIZE;
	if (held)
		memmove(records->bytes, records->bytes + records->start, held);
	records->start = 0;
	if (held + length > records->room) {
		records->room = held + length;
		records->bytes = alloc_grow(records->bytes, records->room, 1);
	}
	if (length)
		memcpy(records->bytes + held, bytes, length);
	records->end = held + length;
	last = records->end ? memrchr(records->bytes, *RECORD_END, records->end) : NULL;
	held = records->end - (last ? (size_t)(last + 1 - records->bytes) : 0);
	return held > HUB_RECORD_MAX ? -EMSGSIZE : 0;
}

bool hub_records_next(struct hub_records *records, const char **record_out, size_t *length_out)
{
	size_t held = records->end - records->start;
	const char *from = records->bytes + records->start;
	const char *end = held ? memchr(from, *RECORD_END, held) : NULL;

	if (!end)
		return false;
	*record_out = from;
	*length_out = (size_t)(end - from);
	records->start += *length_out + 1;
	return true;
}

void hub_records_done(struct hub_records *records)
{
	alloc_free(&records->bytes);
	*records = (struct hub_records){0};
}

int hub_handshake_read(const char *record, size_t length, char *error_out, size_t size)
{
	AUTO(json_free) cJSON *document = NULL;
	struct json_fault fault;
	const char *protocol, *version;

	if (json_parse(record, length, &document, &fault) < 0 || !cJSON_IsObject(document)) {
		snprintf(error_out, size, "The handshake request is not a JSON object.");
		return -EINVAL;
	}
	protocol = json_text(document, "protocol");
	version = cJSON_IsNumber(json_member(document, "version"))
			  ? json_decimal(document, "version")
			  : NULL;
	if (!protocol || !version) {
		snprintf(error_out, size, "The handshake request needs protocol and version.");
		return -EINVAL;
	}
	if (strcmp(protocol, "json") != 0) {
		snprintf(error_out, size, "The protocol '%.64s' is not supported.", protocol);
		return -EINVAL;
	}
	if (strcmp(version, "1") != 0) {
		snprintf(error_out, size,
			"The server does not support version %.16s of the 'json' protocol.",
			version);
		return -EINVAL;
	}
	return 0;
}

static enum hub_message_type type_of(const char *number)
{
	static const struct {
		const char *number;
		enum hub_message_type type;
	} types[] = {
		{"1", HUB_INVOCATION},
		{"4", HUB_STREAM_INVOCATION},
		{"6", HUB_PING},
		{"7", HUB_CLOSE},
	};

	for (size_t i = 0; i < LENGTH(types); i++)
		if (strcmp(types[i].number, number) == 0)
			return types[i].type;
	return HUB_OTHER;
}

static int read_invocation(struct hub_message *message)
{
	const cJSON *id = json_member(message->document, "invocationId");

	message->target = json_text(message->document, "target");
	message->arguments = json_member(message->document, "arguments");
	if (!message->target || !cJSON_IsArray(message->arguments))
		return -EINVAL;
	if (id && !cJSON_IsNull(id) && !cJSON_IsString(id))
		return -EINVAL;
	if (cJSON_IsString(id) && *id->valuestring)
		message->invocation_id = id->valuestring;
	return 0;
}

int hub_message_read(const char *record, size_t length, struct hub_message *out)
{
	struct hub_message message = {0};
	struct json_fault fault;
	const cJSON *type;
	int r = 0;

	if (json_parse(record, length, &message.document, &fault) < 0)
		return -EINVAL;
	type = json_member(message.document, "type");
	if (!cJSON_IsNumber(type)) {
		json_free(&message.document);
		return -EINVAL;
	}
	message.type = type_of(json_decimal(message.document, "type"));
	if (message.type == HUB_INVOCATION || message.type == HUB_STREAM_INVOCATION)
		r = read_invocation(&message);
	if (r < 0)
		json_free(&message.document);
	else
		*out = message;
	return r;
}

void hub_message_done(struct hub_message *message)
{
	json_free(&message->document);
	*message = (struct hub_message){0};
}

static char *print(cJSON *document)
{
	AUTO(alloc_free) char *text = json_print(document);

	json_free(&document);
	return alloc_print("%s" RECORD_END, text);
}

static cJSON *new_message(const char *type)
{
	cJSON *message = cJSON_CreateObject();

	json_add_number(message, "type", type);
	return message;
}

/* Never with an invocationId: both Dart clients close for good on one (docs/api.md, "Hub"). */
char *hub_print_invocation(const char *target, cJSON *argument)
{
	cJSON *message = new_message("1");

	json_add_text(message, "target", target);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(message, "arguments"), argument);
	return print(message);
}

char *hub_print_result(const char *invocation_id, cJSON *result)
{
	cJSON *message = new_message("3");

	json_add_text(message, "invocationId", invocation_id);
	if (result)
		cJSON_AddItemToObject(message, "result", result);
	return print(message);
}

char *hub_print_error(const char *invocation_id, const char *error)
{
	cJSON *message = new_message("3");

	json_add_text(message, "invocationId", invocation_id);
	json_add_text(message, "error", error);
	return print(message);
}

char *hub_print_close(const char *error)
{
	cJSON *message = new_message("7");

	json_add_text(message, "error", error);
	return print(message);
}

char *hub_print_shake_error(const char *error)
{
	cJSON *message = cJSON_CreateObject();

	json_add_text(message, "error", error);
	return print(message);
}
