/* route.c - see route.h. */
#include "apid/route.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "apid/config.h"
#include "apid/hub.h"
#include "apid/order.h"
#include "apid/order_cancel.h"
#include "apid/page.h"
#include "apid/question.h"
#include "apid/rule.h"
#include "apid/snapshot.h"
#include "apid/status.h"

/* clang-format off */
const struct route routes[] = {
	{"GET",  "/v1/me/questions",             question_list,   0},
	{"POST", "/v1/me/questions/{id}/answer", question_answer, 0},
	{"GET",  "/v1/me/trading/config",        config_get,      0},
	{"PUT",  "/v1/me/trading/config",        config_put,      0},
	{"GET",  "/v1/me/trading/orders",        order_list,      0},
	{"GET",  "/v1/me/trading/orders/{id}",   order_get,       0},
	{"POST", "/v1/me/trading/rules/{id}/resume", rule_resume, 0},
	{"POST", "/v1/me/trading/orders/{id}/cancel", order_cancel, 0},
	{"GET",  "/v1/me/trading/status",        status_get,      0},
	{"POST", "/v1/me/trading/halt",          status_halt,     0},
	{"POST", "/v1/me/trading/resume",        status_resume,   0},
	{"GET",  "/v1/me/trading/snapshots",     snapshot_list,   0},
	{"POST", "/hubs/questions/negotiate",    hub_negotiate,   ROUTE_HUB},
	{"GET",  "/hubs/questions",              hub_connect,     ROUTE_HUB},
	{"GET",  "/openapi.json",                page_get,        ROUTE_OPEN},
	{"GET",  "/",                            page_get,        ROUTE_OPEN},
	{"GET",  "/page.css",                    page_get,        ROUTE_OPEN},
	{"GET",  "/page.js",                     page_get,        ROUTE_OPEN},
	{"GET",  "/signalr.js",                  page_get,        ROUTE_OPEN},
	{"GET",  "/livez",                       page_livez,      ROUTE_OPEN},
	{"GET",  "/readyz",                      page_readyz,     ROUTE_OPEN},
	{NULL, NULL, NULL, 0},
};

/* clang-format on */

/* Walks both texts segment by segment; the segment in braces goes to param. */
static bool path_matches(const char *pattern, const char *path, char param[static ROUTE_PARAM])
{
	param[0] = '\0';
	while (*pattern == '/' && *path == '/') {
		size_t want = strcspn(++pattern, "/");
		size_t have = strcspn(++path, "/");

		if (*pattern == '{') {
			if (!have || have >= ROUTE_PARAM)
				return false;
			memcpy(param, path, have);
			param[have] = '\0';
		} else if (want != have || memcmp(pattern, path, want) != 0) {
			return false;
		}
		pattern += want;
		path += have;
	}
	return !*pattern && !*path;
}

static void allow(char list[static ROUTE_ALLOW], const char *method)
{
	size_t used = strlen(list);

	snprintf(list + used, ROUTE_ALLOW - used, "%s%s%s", used ? ", " : "", method,
		strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

int route_find(
	const struct route table[], const char *method, const char *path, struct route_match *out)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;

	*out = (struct route_match){0};
	for (const struct route *route = table; route->method; route++) {
		if (!path_matches(route->path, path, out->param))
			continue;
		if (strcmp(route->method, wanted) == 0) {
			out->route = route;
			return 0;
		}
		allow(out->allow, route->method);
	}
	return out->allow[0] ? -EACCES : -ENOENT;
}
