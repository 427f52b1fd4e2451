/*
 * hub_record.h - SignalR's JSON protocol as text: records that end in 0x1E, what a client may say and what we say
 * (docs/api.md, "Hub"). Pure. Every printed text is one whole record with its end, because a client takes no
 * record that spans two WebSocket messages.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "common/sys/attr.h"

enum {
	HUB_RECORD_MAX = 32 * 1024,
	HUB_RECORDS_MAX = 64 * 1024, /* unread records while one call is being answered */
};

/* The client's bytes, which may hold several records or a part of one. All zero is empty. */
struct hub_records {
	char *bytes;
	size_t start, end, room;
};

/* 0, or -EMSGSIZE: a record over HUB_RECORD_MAX, or more than HUB_RECORDS_MAX waiting. */
int hub_records_add(struct hub_records *records, const char *bytes, size_t length) MUST_CHECK;
/* The next whole record without its end; it stands until the next add. */
bool hub_records_next(struct hub_records *records, const char **record_out, size_t *length_out);
void hub_records_done(struct hub_records *records);

/* 0, or -EINVAL and the text for {"error": ...}: upstream's own words. */
int hub_handshake_read(const char *record, size_t length, char *error_out, size_t size) MUST_CHECK;

enum hub_message_type {
	HUB_OTHER, /* known or unknown, nothing for us to do */
	HUB_INVOCATION,
	HUB_STREAM_INVOCATION,
	HUB_PING,
	HUB_CLOSE,
};

struct hub_message {
	enum hub_message_type type;
	const char *invocation_id; /* NULL: wants no completion */
	const char *target;
	const cJSON *arguments;
	cJSON *document; /* owns all of the above */
};

/* 0 and a message to end with hub_message_done; -EINVAL: the connection must be closed. */
int hub_message_read(const char *record, size_t length, struct hub_message *out) MUST_CHECK;
void hub_message_done(struct hub_message *message);

extern const char hub_record_shaken[]; /* {} */
extern const char hub_record_ping[];

/* Each gives a record that the caller frees. The JSON handed in is freed. */
char *hub_print_invocation(const char *target, cJSON *argument);
char *hub_print_result(const char *invocation_id, cJSON *result); /* NULL = void */
char *hub_print_error(const char *invocation_id, const char *error);
char *hub_print_close(const char *error); /* {"type":7,"error":...}: the client stops for good */
char *hub_print_shake_error(const char *error); /* the answer to a handshake that cannot be */
