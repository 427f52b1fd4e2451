/*
 * request.h - one HTTP request from its arrival to its answer.
 *
 * Whoever is given a request answers it exactly once, some time, with one of the three answers below; that frees it.
 * When the client goes away first, the answer goes nowhere, but is still owed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include "apid/door.h"
#include "apid/header.h"
#include "apid/problem.h"
#include "apid/route.h"
#include "apid/token.h"

struct apid;

enum {
	REQUEST_BODY_MAX = 64 * 1024,
	REQUEST_HEADERS_MAX = 64,
};

struct request {
	struct apid *apid;
	struct evhttp_request *http; /* NULL: the client has gone */
	struct door_conn *conn;
	const char *method;
	const char *path; /* never with the query, which may hold a token */
	struct route_match match;
	struct evkeyvalq query;
	struct header headers[REQUEST_HEADERS_MAX];
	size_t nheaders;
	struct token who; /* verified, unless ROUTE_OPEN */
	struct mono began;
};

/* Takes the request from the door. *fault_out: a sentence for a 400 that ends the connection, or NULL. */
struct request *request_new(struct apid *apid, struct door_conn *conn, struct evhttp_request *http,
	const char **fault_out);

const char *request_header(const struct request *request, const char *name);
const char *request_query(const struct request *request, const char *name);
/* The body's bytes, closed by a NUL; borrowed until the answer. */
const char *request_body(struct request *request, size_t *length_out);
void request_add_header(struct request *request, const char *name, const char *value);
bool request_is_http_1_1(const struct request *request);
/* The connection ends with this answer. */
void request_close_after(struct request *request);

void request_answer(
	struct request *request, int status, const char *type, const void *bytes, size_t length);
void request_answer_json(struct request *request, int status, cJSON *body);    /* frees the body */
void request_answer_problem(struct request *request, struct problem *problem); /* ends it */
/* For a single sentence. */
void request_refuse(struct request *request, int status, const char *detail, ...) PRINTF_LIKE(3, 4);
/* Frees the request and leaves the connection to the caller, who has door_take()n it. */
void request_let_go(struct request *request);
