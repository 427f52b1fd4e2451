/* request.c - see request.h. */
#include "apid/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/buffer.h>
#include <event2/http_struct.h>

#include "apid/apid.h"
#include "apid/origin.h"
#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "common/sys/must.h"
#include "common/sys/utf8.h"

static const char *method_name(enum evhttp_cmd_type command)
{
	static const struct {
		enum evhttp_cmd_type command;
		const char *name;
	} names[] = {
		{EVHTTP_REQ_GET, "GET"},
		{EVHTTP_REQ_POST, "POST"},
		{EVHTTP_REQ_PUT, "PUT"},
		{EVHTTP_REQ_DELETE, "DELETE"},
		{EVHTTP_REQ_HEAD, "HEAD"},
		{EVHTTP_REQ_OPTIONS, "OPTIONS"},
		{EVHTTP_REQ_PATCH, "PATCH"},
	};

	for (size_t i = 0; i < LENGTH(names); i++)
		if (names[i].command == command)
			return names[i].name;
	return "?";
}

static void on_gone(void *owner)
{
	struct request *request = owner;

	/* A request that evhttp has detached from its connection is ours to free; one that evhttp ends itself is not. */
	if (!evhttp_request_get_connection(request->http))
		evhttp_request_free(request->http);
	request->http = NULL;
	request->conn = NULL;
}

bool request_is_http_1_1(const struct request *request)
{
	return request->http && (request->http->major > 1 ||
					(request->http->major == 1 && request->http->minor >= 1));
}

static const char *read_headers(struct request *request)
{
	const struct evkeyval *pair;

	TAILQ_FOREACH(pair, evhttp_request_get_input_headers(request->http), next)
	{
		if (request->nheaders == REQUEST_HEADERS_MAX)
			return "More than 64 headers were sent.";
		request->headers[request->nheaders++] =
			(struct header){.name = pair->key, .value = pair->value};
	}
	return header_fault(request->headers, request->nheaders, request_is_http_1_1(request));
}

static bool is_utf8(const char *text)
{
	size_t left = strlen(text), length;
	uint32_t code;

	for (; left; text += length, left -= length) {
		length = utf8_read(text, left, &code);
		if (!length)
			return false;
	}
	return true;
}

/* What is read here goes into statements, and Postgres takes nothing but UTF-8. */
static const char *read_query(struct request *request, const char *query)
{
	const struct evkeyval *pair;

	if (query && evhttp_parse_query_str(query, &request->query) < 0)
		return "The query string cannot be read.";
	TAILQ_FOREACH(pair, &request->query, next)
	{
		if (!is_utf8(pair->value))
			return "The query string holds bytes that are not UTF-8.";
	}
	return NULL;
}

struct request *request_new(struct apid *apid, struct door_conn *conn, struct evhttp_request *http,
	const char **fault_out)
{
	struct request *request = alloc_zero(sizeof(*request));
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(http);
	const char *query = uri ? evhttp_uri_get_query(uri) : NULL;

	request->apid = apid;
	request->http = http;
	request->conn = conn;
	request->method = method_name(evhttp_request_get_command(http));
	request->path = uri ? evhttp_uri_get_path(uri) : NULL;
	if (!request->path || !*request->path)
		request->path = "/";
	apid->requests++;
	request->began = clock_mono(apid->clock);
	TAILQ_INIT(&request->query);
	door_watch(conn, on_gone, request);
	*fault_out = read_headers(request);
	if (!*fault_out)
		*fault_out = read_query(request, query);
	return request;
}

const char *request_header(const struct request *request, const char *name)
{
	return request->http ? header_value(request->headers, request->nheaders, name) : NULL;
}

const char *request_query(const struct request *request, const char *name)
{
	return evhttp_find_header(&request->query, name);
}

const char *request_body(struct request *request, size_t *length_out)
{
	struct evbuffer *input = evhttp_request_get_input_buffer(request->http);
	size_t length = evbuffer_get_length(input);

	must(evbuffer_add(input, "", 1) == 0);
	*length_out = length;
	return (const char *)evbuffer_pullup(input, -1);
}

void request_add_header(struct request *request, const char *name, const char *value)
{
	if (request->http)
		evhttp_add_header(evhttp_request_get_output_headers(request->http), name, value);
}

void request_close_after(struct request *request)
{
	if (!request->http)
		return;
	evhttp_remove_header(evhttp_request_get_output_headers(request->http), "Connection");
	request_add_header(request, "Connection", "close");
}

void request_let_go(struct request *request)
{
	request->apid->requests--;
	evhttp_clear_headers(&request->query);
	alloc_free(&request);
}

/* The browser may show our answers to the listed origins only; never `*`, because the clients send credentials. */
static void add_cors(struct request *request)
{
	const char *origin = request_header(request, "Origin");

	if (!origin || !origin_listed(request->apid->settings->allowed_origins, origin))
		return;
	request_add_header(request, "Access-Control-Allow-Origin", origin);
	request_add_header(request, "Access-Control-Allow-Credentials", "true");
	request_add_header(request, "Access-Control-Expose-Headers", "ETag, Retry-After");
	request_add_header(request, "Vary", "Origin");
}

static void count(const struct request *request, int status)
{
	char labels[64];
	struct span took = mono_since(clock_mono(request->apid->clock), request->began);

	snprintf(labels, sizeof(labels), "code=\"%d\"", status);
	metric_add(request->apid->metrics, "http_requests_total", labels,
		"HTTP requests answered, by status.", 1);
	metric_took(request->apid->metrics, "http_request_seconds", NULL,
		"Time from a whole request to its answer.", took.us);
	log_debug(request->apid->log, "http.answered", "answered",
		LOG_TEXT("method", request->method), LOG_TEXT("path", request->path),
		LOG_INT("status", status), LOG_INT("took_us", took.us));
}

/* evhttp would send a body to HEAD, which the client takes for the next answer. */
static struct evbuffer *body_of(struct request *request, const void *bytes, size_t length)
{
	struct evbuffer *body = evbuffer_new();
	char text[24];

	must(body);
	if (strcmp(request->method, "HEAD") == 0) {
		snprintf(text, sizeof(text), "%zu", length);
		request_add_header(request, "Content-Length", text);
	} else {
		must(evbuffer_add(body, bytes, length) == 0);
	}
	return body;
}

void request_answer(
	struct request *request, int status, const char *type, const void *bytes, size_t length)
{
	struct evbuffer *body;

	if (request->http) {
		count(request, status);
		add_cors(request);
		request_add_header(request, "X-Content-Type-Options", "nosniff");
		if (length)
			request_add_header(request, "Content-Type", type);
		if (!evhttp_find_header(
			    evhttp_request_get_output_headers(request->http), "Cache-Control"))
			request_add_header(request, "Cache-Control", "no-store");
		if (request->apid->draining)
			request_close_after(request);
		body = body_of(request, bytes, length);
		door_watch(request->conn, NULL, NULL);
		evhttp_send_reply(request->http, status,
			status < 300 ? (status == 204 ? "No Content" : "OK")
				     : problem_title(status),
			body);
		door_reply_half(request->conn);
		evbuffer_free(body);
	}
	request_let_go(request);
}

void request_answer_json(struct request *request, int status, cJSON *body)
{
	AUTO(alloc_free) char *text = json_print(body);

	json_free(&body);
	request_answer(request, status, "application/json", text, strlen(text));
}

void request_answer_problem(struct request *request, struct problem *problem)
{
	AUTO(alloc_free) char *text = problem_print(problem);
	char seconds[16];

	if (problem->status == 401)
		request_add_header(request, "WWW-Authenticate", "Bearer");
	if (problem->allow[0])
		request_add_header(request, "Allow", problem->allow);
	if (problem->status == 503 && !problem->retry_after)
		problem->retry_after = 2;
	if (problem->retry_after) {
		snprintf(seconds, sizeof(seconds), "%d", problem->retry_after);
		request_add_header(request, "Retry-After", seconds);
	}
	request_answer(request, problem->status, "application/problem+json", text, strlen(text));
	problem_done(problem);
}

void request_refuse(struct request *request, int status, const char *detail, ...)
{
	struct problem problem = {0};
	char text[sizeof(problem.detail)];
	va_list list;

	va_start(list, detail);
	vsnprintf(text, sizeof(text), detail, list);
	va_end(list);
	problem_set(&problem, status, "%s", text);
	request_answer_problem(request, &problem);
}
