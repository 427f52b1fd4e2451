/* test_event.c - frames of the trade-updates stream: what each means, what of it is kept, and hostile ones. */
#include "tradectl/event.h"

#include <stdlib.h>

#include "common/sys/alloc.h"
#include "test/unit/unit.h"

#define ORDER                                                                                      \
	"{\"id\":\"b-1\",\"client_order_id\":\"h1-1\",\"symbol\":\"SPY\",\"side\":\"buy\","        \
	"\"type\":\"market\","                                                                     \
	"\"time_in_force\":\"day\",\"status\":\"filled\",\"notional\":\"10\",\"qty\":null,"        \
	"\"filled_qty\":\"0.02\","                                                                 \
	"\"filled_avg_price\":\"492.5\",\"updated_at\":\"2026-10-08T15:10:18.097464903Z\","        \
	"\"surprise\":{\"a\":[1]}}"

static void kinds(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *bytes;
		enum event_kind kind;
		const char *why;
	} rows[] = {
		{"nothing", "", EVENT_NONE, ""},
		{"a heartbeat", "\x01", EVENT_NONE, ""},
		{"authorized", "{\"stream\":\"authorization\",\"data\":{\"status\":\"authorized\",\"action\":\"authenticate\"}}", EVENT_AUTHORIZED, ""},
		{"unauthorized", "{\"stream\":\"authorization\",\"data\":{\"status\":\"unauthorized\",\"action\":\"listen\"}}", EVENT_UNAUTHORIZED, ""},
		{"no status", "{\"stream\":\"authorization\",\"data\":{}}", EVENT_UNAUTHORIZED, ""},
		{"listening", "{\"stream\":\"listening\",\"data\":{\"streams\":[\"account_updates\",\"trade_updates\"]}}", EVENT_LISTENING, ""},
		{"to nothing", "{\"stream\":\"listening\",\"data\":{\"streams\":[]}}", EVENT_NOT_LISTENING, ""},
		{"to no list", "{\"stream\":\"listening\",\"data\":{\"streams\":{\"a\":7}}}", EVENT_NOT_LISTENING, ""},
		{"another stream", "{\"stream\":\"account_updates\",\"data\":{}}", EVENT_NONE, ""},
		{"an error", "{\"action\":\"error\",\"data\":{\"error_message\":\"internal server error\"}}", EVENT_ERROR, "the broker says: internal server error"},
		{"an error without words", "{\"action\":\"error\"}", EVENT_ERROR, "the broker says: an error without words"},
		{"a list", "[1,2]", EVENT_NONE, ""},
		{"a word", "null", EVENT_NONE, ""},
		{"half a message", "{\"stream\":\"tra", EVENT_UNREADABLE, NULL},
		{"two keys", "{\"stream\":\"a\",\"stream\":\"b\"}", EVENT_UNREADABLE, NULL},
		{"an update without an order", "{\"stream\":\"trade_updates\",\"data\":{\"event\":\"fill\"}}", EVENT_UNREADABLE, "an update without an event or an order"},
		{"an update without an event", "{\"stream\":\"trade_updates\",\"data\":{\"order\":" ORDER "}}", EVENT_UNREADABLE, "an update without an event or an order"},
		{"an update without data", "{\"stream\":\"trade_updates\"}", EVENT_UNREADABLE, "an update without an event or an order"},
		{"an order that is half one", "{\"stream\":\"trade_updates\",\"data\":{\"event\":\"fill\",\"order\":{\"id\":\"x\"}}}", EVENT_UNREADABLE, "order object without client_order_id"},
		{"an update", "{\"stream\":\"trade_updates\",\"data\":{\"event\":\"new\",\"order\":" ORDER "}}", EVENT_UPDATE, ""},
	};

	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct event_read event;

		event_read(rows[i].bytes, strlen(rows[i].bytes), &event);
		want_i64(rows[i].name, event.kind, rows[i].kind);
		if (rows[i].why)
			want_str(rows[i].name, event.why, rows[i].why);
		want_i64(rows[i].name, event.json != NULL, rows[i].kind == EVENT_UPDATE);
		event_done(&event);
	}
}

static const char *json_of(const char *data, struct event_read *event)
{
	AUTO(alloc_free)
	char *bytes = alloc_print(
		"{\"stream\":\"trade_updates\",\"data\":{%s\"order\":" ORDER "}}", data);

	event_read(bytes, strlen(bytes), event);
	want_i64(data, event->kind, EVENT_UPDATE);
	return event->json;
}

static void keeps(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *data, *tail;
	} rows[] = {
		{"a fill", "\"event\":\"fill\",\"execution_id\":\"x-1\",\"timestamp\":\"2026-10-08T11:10:18.097464903-04:00\",\"price\":\"86.878\",\"qty\":0.057436865,\"position_qty\":\"9\",",
			"\"event\":\"fill\",\"execution_id\":\"x-1\",\"price\":\"86.878\",\"qty\":\"0.057436865\",\"timestamp\":\"2026-10-08T15:10:18.097464Z\"}"},
		{"numbers that are none", "\"event\":\"fill\",\"execution_id\":7,\"timestamp\":\"yesterday\",\"price\":\"NaN\",\"qty\":\"-1\",",
			"\"event\":\"fill\",\"execution_id\":null}"},
		{"more than there is", "\"event\":\"fill\",\"execution_id\":\"\",\"price\":\"99999999999999999999\",\"qty\":\"0\",",
			"\"event\":\"fill\",\"execution_id\":\"\"}"},
		{"an unknown word", "\"event\":\"on_mars\",", "\"event\":\"on_mars\",\"execution_id\":null}"},
	};

	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct event_read event;
		const char *json = json_of(rows[i].data, &event);
		const char *tail = strstr(json, ",\"event\":");

		want_true(rows[i].name, tail != NULL);
		want_str(rows[i].name, tail + 1, rows[i].tail);
		want_str(rows[i].name, event.client_order_id, "h1-1");
		want_true("the order, allow-listed",
			strstr(json, "\"filled_qty\":\"0.02\"") != NULL &&
				strstr(json, "surprise") == NULL);
		want_true("its time, cut",
			strstr(json, "\"updated_at\":\"2026-10-08T15:10:18.097464Z\"") != NULL);
		event_done(&event);
	}
}

static void opens(void **state)
{
	AUTO(event_wipe) char *login = event_authenticate("PK\"1", "s\\2");
	AUTO(event_wipe) char *listen = event_listen();

	(void)state;
	want_str("login", login,
		"{\"action\":\"authenticate\",\"data\":{\"key_id\":\"PK\\\"1\",\"secret_key\":"
		"\"s\\\\2\"}}");
	want_str("listen", listen,
		"{\"action\":\"listen\",\"data\":{\"streams\":[\"trade_updates\"]}}");
}

static void labels(void **state)
{
	(void)state;
	want_str("known", event_label("partial_fill"), "partial_fill");
	want_str("unknown", event_label("on_mars\",x=\""), "other");
}

/* Whatever is cut off or changed, nothing is read beyond the end and nothing leaks (ASan says so). */
static void hostile(void **state)
{
	static const char good[] = "{\"stream\":\"trade_updates\",\"data\":{\"event\":\"fill\","
				   "\"execution_id\":\"x\",\"price\":\"1\",\"qty\":\"1\","
				   "\"timestamp\":\"2026-10-08T15:10:18Z\",\"order\":" ORDER "}}";
	const size_t length = sizeof(good) - 1;

	(void)state;
	for (size_t at = 0; at < length; at++) {
		char *cut = alloc_bytes(good, at), *changed = alloc_bytes(good, length);
		struct event_read event;

		event_read(cut, at, &event);
		want_true("half is no update", event.kind != EVENT_UPDATE);
		event_done(&event);
		changed[at] = (char)(changed[at] ^ 0x15);
		event_read(changed, length, &event);
		event_done(&event);
		free(cut);
		free(changed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(keeps),
		cmocka_unit_test(opens),
		cmocka_unit_test(labels),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
