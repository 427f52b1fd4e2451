/* test_hub_record.c - SignalR records: cut out of a stream, read, printed. */
#include "apid/hub_record.h"

#include <errno.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "test/unit/unit.h"

#define END "\x1e"

static char *next(struct hub_records *records)
{
	const char *record;
	size_t length;

	return hub_records_next(records, &record, &length) ? alloc_bytes(record, length) : NULL;
}

/* Pieces as they came over the wire; `|` stands for the end of a piece in a case. */
static void cuts_records(void **state)
{
	static const struct {
		const char *name, *pieces, *records; /* records joined by a blank */
	} cases[] = {
		{"one", "{}" END, "{}"},
		{"two in one message", "a" END "b" END, "a b"},
		{"one over three messages", "ab|cd|e" END, "abcde"},
		{"the end alone comes late", "abc|" END, "abc"},
		{"one and a half, then the rest", "a" END "b|c" END "d", "a bc"},
		{"no end yet", "abc", ""},
		{"an empty record", END "a" END, " a"},
		{"an empty message", "a||" END, "a"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct hub_records records = {0};
		char got[64] = "";
		const char *piece = cases[i].pieces;
		char *record;
		int count = 0;

		while (true) {
			size_t length = strcspn(piece, "|");

			want_i64(cases[i].name, hub_records_add(&records, piece, length), 0);
			while ((record = next(&records)) != NULL) {
				snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
					count++ ? " " : "", record);
				alloc_free(&record);
			}
			if (!piece[length])
				break;
			piece += length + 1;
		}
		want_str(cases[i].name, got, cases[i].records);
		hub_records_done(&records);
	}
}

static void limits_records(void **state)
{
	AUTO(alloc_free) char *bytes = alloc_zero(HUB_RECORD_MAX + 1);
	struct hub_records records = {0};

	(void)state;
	memset(bytes, 'a', HUB_RECORD_MAX + 1);
	want_i64("32 KiB without an end", hub_records_add(&records, bytes, HUB_RECORD_MAX), 0);
	want_i64("one byte more", hub_records_add(&records, "a", 1), -EMSGSIZE);
	hub_records_done(&records);
	bytes[HUB_RECORD_MAX - 1] = *END;
	want_i64("waiting", hub_records_add(&records, bytes, HUB_RECORD_MAX), 0);
	want_i64("waiting", hub_records_add(&records, bytes, HUB_RECORD_MAX), 0);
	want_i64("more than 64 KiB waiting", hub_records_add(&records, bytes, 1), -EMSGSIZE);
	hub_records_done(&records);
}

static void shakes_hands(void **state)
{
	static const struct {
		const char *name, *record;
		int r;
		const char *error;
	} cases[] = {
		{"as the clients send it", "{\"protocol\":\"json\",\"version\":1}", 0, ""},
		{"MessagePack", "{\"protocol\":\"messagepack\",\"version\":1}", -EINVAL,
			"The protocol 'messagepack' is not supported."},
		{"stateful reconnect", "{\"protocol\":\"json\",\"version\":2}", -EINVAL,
			"The server does not support version 2 of the 'json' protocol."},
		{"no version", "{\"protocol\":\"json\"}", -EINVAL,
			"The handshake request needs protocol and version."},
		{"an invocation first", "{\"type\":6}", -EINVAL,
			"The handshake request needs protocol and version."},
		{"not JSON", "hello", -EINVAL, "The handshake request is not a JSON object."},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char error[160] = "";

		want_i64(cases[i].name,
			hub_handshake_read(
				cases[i].record, strlen(cases[i].record), error, sizeof(error)),
			cases[i].r);
		want_str(cases[i].name, error, cases[i].error);
	}
}

static void reads_messages(void **state)
{
	static const struct {
		const char *name, *record;
		int r;
		enum hub_message_type type;
		const char *target, *id;
	} cases[] = {
		{"JavaScript's call",
			"{\"arguments\":[\"x\",10],\"invocationId\":\"0\",\"target\":"
			"\"SubmitAnswer\",\"type\":1}",
			0, HUB_INVOCATION, "SubmitAnswer", "0"},
		{"Dart's call",
			"{\"type\":1,\"headers\":{},\"invocationId\":\"3\",\"target\":\"M\","
			"\"arguments\":[],\"streamIds\":[]}",
			0, HUB_INVOCATION, "M", "3"},
		{"send() wants no completion", "{\"type\":1,\"target\":\"M\",\"arguments\":[]}", 0,
			HUB_INVOCATION, "M", NULL},
		{"an empty id wants none either",
			"{\"type\":1,\"invocationId\":\"\",\"target\":\"M\",\"arguments\":[]}", 0,
			HUB_INVOCATION, "M", NULL},
		{"a stream",
			"{\"type\":4,\"invocationId\":\"1\",\"target\":\"M\",\"arguments\":[]}", 0,
			HUB_STREAM_INVOCATION, "M", "1"},
		{"ping", "{\"type\":6}", 0, HUB_PING, NULL, NULL},
		{"close", "{\"type\":7}", 0, HUB_CLOSE, NULL, NULL},
		{"unknown", "{\"type\":99}", 0, HUB_OTHER, NULL, NULL},
		{"completion", "{\"type\":3,\"invocationId\":\"1\"}", 0, HUB_OTHER, NULL, NULL},
		{"no arguments", "{\"type\":1,\"target\":\"M\"}", -EINVAL, HUB_OTHER, NULL, NULL},
		{"no target", "{\"type\":1,\"arguments\":[]}", -EINVAL, HUB_OTHER, NULL, NULL},
		{"id a number", "{\"type\":1,\"invocationId\":1,\"target\":\"M\",\"arguments\":[]}",
			-EINVAL, HUB_OTHER, NULL, NULL},
		{"no type", "{}", -EINVAL, HUB_OTHER, NULL, NULL},
		{"type a text", "{\"type\":\"1\"}", -EINVAL, HUB_OTHER, NULL, NULL},
		{"an array", "[1]", -EINVAL, HUB_OTHER, NULL, NULL},
		{"empty", "", -EINVAL, HUB_OTHER, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct hub_message message = {0};

		want_i64(cases[i].name,
			hub_message_read(cases[i].record, strlen(cases[i].record), &message),
			cases[i].r);
		want_i64(cases[i].name, message.type, cases[i].type);
		want_str(cases[i].name, message.target, cases[i].target);
		want_str(cases[i].name, message.invocation_id, cases[i].id);
		hub_message_done(&message);
	}
}

static void want_record(const char *name, char *record, const char *want)
{
	want_str(name, record, want);
	alloc_free(&record);
}

static void prints_records(void **state)
{
	cJSON *argument = cJSON_CreateObject(), *result = cJSON_CreateObject();

	(void)state;
	json_add_text(argument, "id", "q");
	json_add_number(result, "answer", "10.0");
	want_str("shaken", hub_record_shaken, "{}" END);
	want_str("ping", hub_record_ping, "{\"type\":6}" END);
	want_record("no invocationId towards the client",
		hub_print_invocation("ReceiveQuestion", argument),
		"{\"type\":1,\"target\":\"ReceiveQuestion\",\"arguments\":[{\"id\":\"q\"}]}" END);
	want_record("exact numbers", hub_print_result("7", result),
		"{\"type\":3,\"invocationId\":\"7\",\"result\":{\"answer\":10.0}}" END);
	want_record("void", hub_print_result("7", NULL), "{\"type\":3,\"invocationId\":\"7\"}" END);
	want_record("error, escaped", hub_print_error("\"", "no \x1e"),
		"{\"type\":3,\"invocationId\":\"\\\"\",\"error\":\"no \\u001e\"}" END);
	want_record("close", hub_print_close("why"), "{\"type\":7,\"error\":\"why\"}" END);
	want_record("handshake", hub_print_shake_error("why"), "{\"error\":\"why\"}" END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_records),
		cmocka_unit_test(limits_records),
		cmocka_unit_test(shakes_hands),
		cmocka_unit_test(reads_messages),
		cmocka_unit_test(prints_records),
	};

	return cmocka_run_group_tests_name("hub_record", tests, NULL, NULL);
}
