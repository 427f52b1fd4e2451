/* route.h - which function answers a method and a path. The table is the whole surface of apid; openapi.json is tested
 * against it. */
#pragma once

#include "common/sys/attr.h"

struct request;

typedef void route_fn(struct request *request);

enum {
	ROUTE_OPEN = 1, /* answers without a token */
	ROUTE_HUB =
		2, /* the token may stand in the query: browsers cannot set a socket's headers */
	ROUTE_PARAM = 64,
	ROUTE_ALLOW = 64,
};

struct route {
	const char *method;
	const char
		*path; /* a segment in braces matches any segment: /v1/me/questions/{id}/answer */
	route_fn *fn;
	unsigned flags;
};

struct route_match {
	const struct route *route;
	char param[ROUTE_PARAM]; /* the segment in braces, not decoded; "" when there is none */
	char allow[ROUTE_ALLOW]; /* with -EACCES: what the path does take */
};

extern const struct route routes[]; /* ends with method NULL */

/* 0; -ENOENT no such path (or a segment too long to be ours); -EACCES the path takes other methods. HEAD finds GET. */
int route_find(const struct route table[], const char *method, const char *path,
	struct route_match *out) MUST_CHECK;
