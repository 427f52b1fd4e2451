/* dispatch.c - see dispatch.h. */
#include "apid/dispatch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "apid/apid.h"
#include "apid/auth.h"
#include "apid/request.h"
#include "common/sys/failpoint.h"

/* Preflight: what SignalR's browser clients and our page ask for (docs/api.md, "Hub"). */
static void answer_options(struct request *request)
{
	request_add_header(
		request, "Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS");
	request_add_header(request, "Access-Control-Allow-Headers",
		"authorization, content-type, if-match, x-requested-with, x-signalr-user-agent");
	request_add_header(request, "Access-Control-Max-Age", "600");
	request_answer(request, 204, NULL, "", 0);
}

/* The header's token, on the hub's paths also the query's. false: none, or two that differ. */
static bool find_token(const struct request *request, const char **token_out)
{
	const char *header = request_header(request, "Authorization");
	const char *query = NULL;

	if (request->match.route->flags & ROUTE_HUB)
		query = request_query(request, "access_token");
	if (header && strncasecmp(header, "Bearer ", 7) != 0)
		return false;
	header = header ? header + 7 : NULL;
	if (header && query && strcmp(header, query) != 0)
		return false;
	*token_out = header ? header : query;
	return *token_out != NULL;
}

static void judged(void *owner, const struct token *who, struct problem *problem)
{
	struct request *request = owner;

	if (problem) {
		/* signalr_core does not look at the status of a refused upgrade and would go on in frames. */
		if (request_header(request, "Upgrade"))
			request_close_after(request);
		request_answer_problem(request, problem);
		return;
	}
	request->who = *who;
	if (!request->http)
		request_let_go(request);
	else if (FAILPOINT("A02.authenticated"))
		request_refuse(request, 503, "Broken before it was served.");
	else
		request->match.route->fn(request);
}

static void authenticate(struct request *request)
{
	const char *token = NULL;

	if (!find_token(request, &token)) {
		if (request_header(request, "Upgrade"))
			request_close_after(request);
		request_refuse(request, 401,
			"Send your Firebase ID token: `Authorization: Bearer <token>`.");
		return;
	}
	auth_check(request->apid->auth, token, judged, request);
}

static void refuse_unrouted(struct request *request, int reason)
{
	struct problem problem = {0};

	if (reason == -ENOENT) {
		request_refuse(request, 404,
			"There is nothing at this path. /openapi.json lists what there is.");
		return;
	}
	problem_set(&problem, 405, "This path does not take %s, only %s.", request->method,
		request->match.allow);
	snprintf(problem.allow, sizeof(problem.allow), "%s", request->match.allow);
	request_answer_problem(request, &problem);
}

void dispatch_request(void *owner, struct door_conn *conn, struct evhttp_request *http)
{
	const char *fault;
	struct request *request = request_new(owner, conn, http, &fault);
	int r;

	if (fault) {
		request_close_after(request);
		request_refuse(request, 400, "%s Correct the request and send it again.", fault);
		return;
	}
	if (strcmp(request->method, "OPTIONS") == 0) {
		answer_options(request);
		return;
	}
	if (FAILPOINT("A01.parsed"))
		return request_refuse(request, 503, "Broken before it was looked at.");
	r = route_find(routes, request->method, request->path, &request->match);
	if (r < 0)
		refuse_unrouted(request, r);
	else if (request->match.route->flags & ROUTE_OPEN)
		request->match.route->fn(request);
	else
		authenticate(request);
}
