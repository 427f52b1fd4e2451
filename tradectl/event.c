/* event.c - see event.h. */
#include "tradectl/event.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/clock.h"
#include "common/sys/decimal.h"
#include "common/sys/err.h"
#include "common/sys/json_add.h"
#include "tradectl/echo.h"

static const char *const known[] = {"new", "fill", "partial_fill", "canceled", "expired",
	"done_for_day", "replaced", "accepted", "rejected", "pending_new", "stopped",
	"pending_cancel", "pending_replace", "calculated", "suspended", "order_replace_rejected",
	"order_cancel_rejected", "restated", "held"};

const char *event_label(const char *name)
{
	for (size_t i = 0; i < LENGTH(known); i++)
		if (strcmp(known[i], name) == 0)
			return known[i];

	return "other";
}

static void unreadable(struct event_read *out, const char *why)
{
	out->kind = EVENT_UNREADABLE;
	snprintf(out->why, sizeof(out->why), "%s", why);
}

static bool is_word(const char *text, const char *word)
{
	return text && strcmp(text, word) == 0;
}

static enum event_kind kind_of_listening(const cJSON *data)
{
	const cJSON *streams = json_member(data, "streams"), *stream;

	cJSON_ArrayForEach(stream, streams)
	{
		if (cJSON_IsString(stream) && strcmp(stream->valuestring, "trade_updates") == 0)
			return EVENT_LISTENING;
	}
	return EVENT_NOT_LISTENING;
}

/* What cannot be read is left out: the order object says how much was filled, and an execution without its numbers is no
 * evidence. */
static void add_amount(cJSON *kept, const cJSON *data, const char *key)
{
	const char *text = json_decimal(data, key);
	int64_t nano;

	if (text && decimal_parse_wire(text, &nano) == 0 && nano > 0)
		json_add_nano(kept, key, nano);
}

static void add_time(cJSON *kept, const cJSON *data, const char *key)
{
	const char *text = json_text(data, key);
	struct wall at;

	if (text && wall_parse(text, &at) == 0)
		json_add_wall(kept, key, at);
}

static int add_order(cJSON *kept, const cJSON *order, struct event_read *out)
{
	AUTO(alloc_free) char *text = json_print(order);
	AUTO(echo_free) struct echo *echo = NULL;
	struct err err;

	if (echo_read(text, strlen(text), &echo, &err) < 0) {
		unreadable(out, err.text);
		return -1;
	}
	AUTO(alloc_free) char *allowed = echo_json(echo);
	cJSON *order_kept = NULL;
	if (json_parse(allowed, strlen(allowed), &order_kept, NULL) < 0) {
		unreadable(out, "an order object that cannot be kept");
		return -1;
	}
	cJSON_AddItemToObject(kept, "order", order_kept);
	snprintf(out->client_order_id, sizeof(out->client_order_id), "%s",
		echo_client_order_id(echo));
	return 0;
}

static void read_update(const cJSON *data, struct event_read *out)
{
	AUTO(json_free) cJSON *kept = cJSON_CreateObject();
	const char *name = json_text(data, "event");
	const char *execution = json_text(data, "execution_id");
	const cJSON *order = json_member(data, "order");

	if (!name || !cJSON_IsObject(order))
		return unreadable(out, "an update without an event or an order");
	if (add_order(kept, order, out) < 0)
		return;

	snprintf(out->name, sizeof(out->name), "%s", name);
	json_add_text(kept, "event", name);
	json_add_text(kept, "execution_id", execution);
	add_amount(kept, data, "price");
	add_amount(kept, data, "qty");
	add_time(kept, data, "timestamp");
	out->kind = EVENT_UPDATE;
	out->json = json_print(kept);
}

static void read_error(const cJSON *data, struct event_read *out)
{
	const char *message = json_text(data, "error_message");

	out->kind = EVENT_ERROR;
	snprintf(out->why, sizeof(out->why), "the broker says: %s",
		message ? message : "an error without words");
}

static void read_message(const cJSON *message, struct event_read *out)
{
	const char *stream = json_text(message, "stream");
	const cJSON *data = json_member(message, "data");

	if (is_word(stream, "trade_updates"))
		read_update(data, out);
	else if (is_word(stream, "listening"))
		out->kind = kind_of_listening(data);
	else if (is_word(stream, "authorization"))
		out->kind = is_word(json_text(data, "status"), "authorized") ? EVENT_AUTHORIZED
									     : EVENT_UNAUTHORIZED;
	else if (is_word(json_text(message, "action"), "error"))
		read_error(data, out);
}

void event_read(const char *bytes, size_t length, struct event_read *out)
{
	AUTO(json_free) cJSON *message = NULL;
	struct json_fault fault;

	*out = (struct event_read){.kind = EVENT_NONE};
	if (length <= 1)
		return;
	if (json_parse(bytes, length, &message, &fault) < 0)
		return unreadable(out, fault.text);
	read_message(message, out);
}

void event_done(struct event_read *event)
{
	alloc_free(&event->json);
}

char *event_authenticate(const char *key_id, const char *secret)
{
	AUTO(json_free) cJSON *message = cJSON_CreateObject();
	cJSON *data = cJSON_CreateObject();

	json_add_text(message, "action", "authenticate");
	json_add_text(data, "key_id", key_id);
	json_add_text(data, "secret_key", secret);
	cJSON_AddItemToObject(message, "data", data);
	return json_print(message);
}

char *event_listen(void)
{
	return alloc_text("{\"action\":\"listen\",\"data\":{\"streams\":[\"trade_updates\"]}}");
}

void event_wipe(char **message)
{
	if (*message)
		explicit_bzero(*message, strlen(*message));
	alloc_free(message);
}
