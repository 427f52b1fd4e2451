/* test_route.c - paths to routes; and openapi.json describes exactly what is served. */
#include "apid/route.h"

#include <errno.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "test/unit/unit.h"

extern const char asset_apid_web_openapi_json[];
extern const uint64_t asset_apid_web_openapi_json_size;

static void finds_routes(void **state)
{
	static const struct {
		const char *method, *path;
		int r;
		const char *route, *param, *allow;
	} cases[] = {
		{"GET", "/", 0, "/", "", ""},
		{"GET", "/v1/me/questions", 0, "/v1/me/questions", "", ""},
		{"HEAD", "/v1/me/questions", 0, "/v1/me/questions", "", ""},
		{"POST", "/v1/me/questions/abc/answer", 0, "/v1/me/questions/{id}/answer", "abc",
			""},
		{"GET", "/v1/me/trading/orders/abc", 0, "/v1/me/trading/orders/{id}", "abc", ""},
		{"GET", "/v1/me/trading/orders", 0, "/v1/me/trading/orders", "", ""},
		{"POST", "/hubs/questions/negotiate", 0, "/hubs/questions/negotiate", "", ""},
		{"GET", "/v1/me/questions/abc/answer", -EACCES, NULL, NULL, "POST"},
		{"DELETE", "/v1/me/trading/config", -EACCES, NULL, NULL, "GET, HEAD, PUT"},
		{"POST", "/hubs/questions", -EACCES, NULL, NULL, "GET, HEAD"},
		{"GET", "/v1/me/questions/", -ENOENT, NULL, NULL, ""},
		{"GET", "/v1/me/trading/orders/", -ENOENT, NULL, NULL, ""},
		{"GET", "/v1/me/trading/orders/a/b", -ENOENT, NULL, NULL, ""},
		{"GET", "//", -ENOENT, NULL, NULL, ""},
		{"GET", "/V1/me/questions", -ENOENT, NULL, NULL, ""},
		{"GET", "/v1/me/questions/../orders", -ENOENT, NULL, NULL, ""},
		{"GET", "", -ENOENT, NULL, NULL, ""},
		{"GET", "*", -ENOENT, NULL, NULL, ""},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct route_match match;

		want_i64(cases[i].path, route_find(routes, cases[i].method, cases[i].path, &match),
			cases[i].r);
		want_str(cases[i].path, match.route ? match.route->path : NULL, cases[i].route);
		if (cases[i].r == 0)
			want_str(cases[i].path, match.param, cases[i].param);
		want_str(cases[i].path, match.allow, cases[i].allow);
	}
}

static void limits_a_segment(void **state)
{
	AUTO(alloc_free) char *path = alloc_print("/v1/me/trading/orders/%0*d", ROUTE_PARAM, 1);
	struct route_match match;

	(void)state;
	want_i64("64 characters", route_find(routes, "GET", path, &match), -ENOENT);
}

static bool is_routed(const char *method, const char *path)
{
	for (const struct route *route = routes; route->method; route++)
		if (strcasecmp(route->method, method) == 0 && strcmp(route->path, path) == 0)
			return true;
	return false;
}

static void describes_what_is_served(void **state)
{
	AUTO(json_free) cJSON *document = NULL;
	const cJSON *path, *operation;
	struct json_fault fault;
	int described = 0, served = 0;

	(void)state;
	want_i64("openapi.json",
		json_parse(asset_apid_web_openapi_json, asset_apid_web_openapi_json_size, &document,
			&fault),
		0);
	cJSON_ArrayForEach(path, json_member(document, "paths"))
	{
		cJSON_ArrayForEach(operation, path)
		{
			described++;
			want_true(path->string, is_routed(operation->string, path->string));
		}
	}
	for (const struct route *route = routes; route->method; route++)
		served++;
	want_i64("as many as are served", described, served);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_routes),
		cmocka_unit_test(limits_a_segment),
		cmocka_unit_test(describes_what_is_served),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
