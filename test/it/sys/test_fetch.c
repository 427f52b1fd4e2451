/* test_fetch.c - http.h against a server that misbehaves: which of the three outcomes, and how often it was sent. */
#include "common/sys/http.h"

#include <sys/wait.h>

#include "test/it/sys/rig.h"
#include "test/it/sys/stub.h"

struct client {
	struct http *http;
	int answers, looks;
	bool allows;   /* what before_send says */
	int stalls_ms; /* and how long it takes */
	struct span left;
	enum http_outcome outcome;
	long status;
	size_t length;
	char body[64], error[256], request_id[16];
	bool has_id;
	bool frees, asks_again; /* from inside the answer */
};

static struct rig rig; /* its loop only */
static struct log *quiet;
static struct stub stub;
static struct client client;

static void ask(const char *method, const char *url, const char *body, bool once);

static void answered(void *owner, const struct http_response *response)
{
	struct client *to = owner;

	to->answers++;
	to->outcome = response->outcome;
	to->status = response->status;
	to->length = response->length;
	snprintf(to->body, sizeof(to->body), "%s", response->body);
	snprintf(to->error, sizeof(to->error), "%s", response->error);
	to->has_id = http_header(response, "X-Request-Id", to->request_id, sizeof(to->request_id));
	if (to->asks_again) {
		to->asks_again = false;
		http_forget(to->http, &quiet);
		ask("GET", "/ok", NULL, false);
	}
	if (to->frees)
		http_free(&to->http);
}

static bool before_send(void *owner, struct span left)
{
	struct client *to = owner;

	to->looks++;
	to->left = left;
	usleep((useconds_t)to->stalls_ms * 1000);
	return to->allows;
}

static void ask_url(const char *method, const char *url, const char *body, bool once)
{
	static const char *const headers[] = {
		"X-Key: secret", "Content-Type: application/json", NULL};
	const struct http_request request = {.method = method,
		.url = url,
		.headers = headers,
		.body = body,
		.connect_timeout = span_ms(700),
		.timeout = span_ms(1500),
		.once = once,
		.before_send = before_send};
	int before = client.answers;

	http_ask(client.http, &request, answered, &client);
	want_i64("never from inside", client.answers, before);
}

static void ask(const char *method, const char *path, const char *body, bool once)
{
	char url[128];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", stub.port, path);
	ask_url(method, url, body, once);
}

static void fetch(const char *method, const char *path, const char *body, bool once)
{
	int before = client.answers;

	ask(method, path, body, once);
	want_true(path, rig_turn(&rig, &client.answers, before + 1, 4000));
}

static int set_up(void **state)
{
	(void)state;
	stub = stub_start();
	rig.base = event_base_new();
	quiet = log_new("test", LOG_LEVEL_ERROR, LOG_FORMAT_LOGFMT, STDERR_FILENO, clock_system());
	client = (struct client){
		.http = http_new(rig.base, quiet, clock_system(), NULL), .allows = true};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	http_free(&client.http);
	log_free(&quiet);
	event_base_free(rig.base);
	stub_stop(&stub);
	waitpid(stub.pid, NULL, 0);
	return 0;
}

struct verdict {
	const char *path;
	enum http_outcome outcome;
	long status;
	const char *body;
	const char *id; /* NULL: no such header */
};

static void verdicts(void **state)
{
	/* clang-format off */
	static const struct verdict rows[] = {
		{"/ok", HTTP_DONE, 200, "fine", "last"},
		{"/ok?symbols=SPY,QQQ&x=%20", HTTP_DONE, 200, "fine", "last"},
		{"/refused", HTTP_DONE, 422, "{}", NULL},
		{"/none", HTTP_DONE, 204, "", NULL},
		{"/chunked", HTTP_DONE, 200, "abcde", NULL},
		{"/continue", HTTP_DONE, 200, "ok", NULL},
		{"/redirect", HTTP_DONE, 302, "", NULL},
		{"/half-header", HTTP_UNKNOWN, 0, "", NULL},
		{"/half-body", HTTP_UNKNOWN, 0, "", NULL},
		{"/half-chunk", HTTP_UNKNOWN, 0, "", NULL},
		{"/only-continue", HTTP_UNKNOWN, 0, "", NULL},
		{"/garbage", HTTP_UNKNOWN, 0, "", NULL},
		{"/drop", HTTP_UNKNOWN, 0, "", NULL},
		{"/slow", HTTP_UNKNOWN, 0, "", NULL},
		{"/big", HTTP_UNKNOWN, 0, "", NULL},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows) * 2; i++) {
		const struct verdict *row = &rows[i / 2];
		bool post = i % 2 == 1;

		fetch(post ? "POST" : "GET", row->path, post ? "{\"a\": 1}" : NULL, post);
		want_i64(row->path, client.outcome, row->outcome);
		want_i64(row->path, client.status, row->status);
		want_str(row->path, client.body, row->body);
		want_true(row->path, client.has_id == (row->id != NULL));
		if (row->id != NULL)
			want_str(row->path, client.request_id, row->id);
		want_true(row->path, (client.error[0] == '\0') == (row->outcome == HTTP_DONE));
	}
	want_i64("each POST once", stub.seen->posts, LENGTH(rows));
}

static void what_is_sent(void **state)
{
	(void)state;
	fetch("POST", "/ok", "{\"qty\": \"1.5\"}", true);
	want_true("method", strncmp(stub.seen->last, "POST /ok HTTP/1.1\r\n", 19) == 0);
	want_true("key", strstr(stub.seen->last, "\r\nX-Key: secret\r\n") != NULL);
	want_true("body", strstr(stub.seen->last, "\r\n\r\n{\"qty\": \"1.5\"}") != NULL);
	want_true("no Expect", strstr(stub.seen->last, "Expect") == NULL);
	want_true("no compression", strstr(stub.seen->last, "Accept-Encoding") == NULL);
	fetch("DELETE", "/none", NULL, false);
	want_true("delete", strncmp(stub.seen->last, "DELETE /none HTTP/1.1\r\n", 23) == 0);
	want_true("no body", strstr(stub.seen->last, "Content-Length") == NULL);
	fetch("POST", "/ok", NULL, false);
	want_true("empty body", strstr(stub.seen->last, "Content-Length: 0\r\n") != NULL);
}

static void nothing_sent_is_refused(void **state)
{
	static const char *const urls[] = {"http://127.0.0.1:1/ok", "http://name.invalid/",
		"ftp://127.0.0.1/x", "http://192.0.2.1/", "http://127.0.0.1@192.0.2.1/",
		"127.0.0.1/ok", "http://127.0.0.1:1/a b", "http://127.0.0.1:1/a\r\nX: y",
		"http://127.0.0.1\\@192.0.2.1/", "https://127.0.0.1:1/", ""};

	(void)state;
	for (size_t i = 0; i < LENGTH(urls); i++) {
		int before = client.answers;

		ask_url("POST", urls[i], "{}", true);
		want_true(urls[i], rig_turn(&rig, &client.answers, before + 1, 4000));
		want_i64(urls[i], client.outcome, HTTP_REFUSED);
		want_true(urls[i], client.error[0] != '\0');
	}
	want_i64("nobody was asked", client.looks, 0);
	want_i64("nothing came", stub.seen->requests, 0);
}

/* The listener does not speak TLS: one answers with nonsense, one is silent until the timeout. */
static void broken_tls_is_refused(void **state)
{
	char url[64];

	(void)state;
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/ok", stub.port);
	ask_url("POST", url, "{}", true);
	want_true("answer", rig_turn(&rig, &client.answers, 1, 4000));
	want_i64("outcome", client.outcome, HTTP_REFUSED);
	want_i64("nobody was asked", client.looks, 0);
}

static void an_objection_sends_nothing(void **state)
{
	(void)state;
	client.allows = false;
	fetch("POST", "/ok", "{}", true);
	want_i64("outcome", client.outcome, HTTP_REFUSED);
	want_i64("asked once", client.looks, 1);
	usleep(100 * 1000);
	want_i64("connected", stub.seen->connections, 1);
	want_i64("nothing came", stub.seen->requests, 0);
}

static void the_look_knows_what_is_left(void **state)
{
	(void)state;
	client.stalls_ms = 400;
	fetch("POST", "/ok", "{}", true);
	want_i64("outcome", client.outcome, HTTP_DONE);
	want_true("left", client.left.us > 1000 * 1000 && client.left.us <= 1500 * 1000);
}

static void connections_are_used_again_unless_once(void **state)
{
	(void)state;
	fetch("GET", "/ok", NULL, false);
	fetch("GET", "/ok", NULL, false);
	want_i64("one connection", stub.seen->connections, 1);
	fetch("POST", "/ok", "{}", true);
	want_i64("a fresh one", stub.seen->connections, 2);
	fetch("POST", "/ok", "{}", true);
	want_i64("and not kept", stub.seen->connections, 3);
	fetch("GET", "/ok", NULL, false);
	want_i64("the first still there", stub.seen->connections, 3);
}

/* On a reused connection that dies libcurl sends the POST again by itself; that is what `once` is for. */
static void once_is_sent_once(void **state)
{
	(void)state;
	fetch("GET", "/twice-k", NULL, false);
	fetch("POST", "/twice-k", "{}", false);
	want_i64("sent twice where nobody asked for once", stub.seen->posts, 2);
	want_i64("looked twice", client.looks, 3);
	stub.seen->posts = 0;
	fetch("GET", "/twice-k", NULL, false);
	fetch("POST", "/twice-k", "{}", true);
	want_i64("once", stub.seen->posts, 1);
	want_i64("done", client.outcome, HTTP_DONE);
}

static void answers_may_do_anything(void **state)
{
	(void)state;
	client.asks_again = true;
	fetch("GET", "/ok", NULL, false);
	want_true("asked from inside", rig_turn(&rig, &client.answers, 2, 2000));
	client.frees = true;
	ask("GET", "/slow", NULL, false);
	ask("GET", "/ok", NULL, false);
	want_true("freed from inside", rig_turn(&rig, &client.answers, 3, 2000));
	want_true("freed", client.http == NULL);
	want_true("nothing more comes", !rig_turn(&rig, &client.answers, 4, 1800));
}

static void the_forgotten_hear_nothing(void **state)
{
	(void)state;
	ask("GET", "/ok", NULL, false);
	http_forget(client.http, &client);
	want_true("not begun", !rig_turn(&rig, &client.answers, 1, 300));
	want_i64("nothing came", stub.seen->requests, 0);
	ask("GET", "/slow", NULL, false);
	want_true("under way", !rig_turn(&rig, &client.answers, 1, 300));
	http_forget(client.http, &client);
	want_true("no answer", !rig_turn(&rig, &client.answers, 1, 1700));
	fetch("GET", "/ok", NULL, false);
	want_i64("the next is fine", client.outcome, HTTP_DONE);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(verdicts),
		TEST(what_is_sent),
		TEST(nothing_sent_is_refused),
		TEST(broken_tls_is_refused),
		TEST(an_objection_sends_nothing),
		TEST(the_look_knows_what_is_left),
		TEST(connections_are_used_again_unless_once),
		TEST(once_is_sent_once),
		TEST(answers_may_do_anything),
		TEST(the_forgotten_hear_nothing),
	};

	return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
