/* page.c - see page.h. */
#include "apid/page.h"

#include <stdint.h>
#include <string.h>

#include "apid/apid.h"
#include "apid/ready.h"
#include "apid/request.h"
#include "common/sys/alloc.h"
#include "common/sys/must.h"

extern const char asset_apid_web_index_html[], asset_apid_web_page_css[], asset_apid_web_page_js[],
	asset_apid_web_vendor_signalr_min_js[], asset_apid_web_openapi_json[];
extern const uint64_t asset_apid_web_index_html_size, asset_apid_web_page_css_size,
	asset_apid_web_page_js_size, asset_apid_web_vendor_signalr_min_js_size,
	asset_apid_web_openapi_json_size;

struct asset {
	const char *path, *type, *bytes;
	const uint64_t *size;
};

/* clang-format off */
static const struct asset assets[] = {
	{"/",             "text/html; charset=utf-8",       asset_apid_web_index_html,            &asset_apid_web_index_html_size},
	{"/page.css",     "text/css; charset=utf-8",        asset_apid_web_page_css,              &asset_apid_web_page_css_size},
	{"/page.js",      "text/javascript; charset=utf-8", asset_apid_web_page_js,               &asset_apid_web_page_js_size},
	{"/signalr.js",   "text/javascript; charset=utf-8", asset_apid_web_vendor_signalr_min_js, &asset_apid_web_vendor_signalr_min_js_size},
	{"/openapi.json", "application/json",               asset_apid_web_openapi_json,          &asset_apid_web_openapi_json_size},
};

/* clang-format on */

/* A Host that may stand in a header of ours: nothing that could end a CSP directive. */
static bool host_is_plain(const char *host)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-[]";

	return host && *host && strspn(host, allowed) == strlen(host);
}

/* Everything from here and nothing inline; older Safari does not count ws: as 'self'. */
static void add_policy(struct request *request)
{
	const char *host = request_header(request, "Host");
	AUTO(alloc_free) char *policy = NULL;

	if (!host_is_plain(host))
		host = "localhost";
	policy = alloc_print("default-src 'none'; script-src 'self'; style-src 'self'; "
			     "img-src 'self' data:; connect-src 'self' ws://%s wss://%s; "
			     "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		host, host);
	request_add_header(request, "Content-Security-Policy", policy);
	request_add_header(request, "Referrer-Policy", "no-referrer");
	request_add_header(request, "X-Frame-Options", "DENY");
	request_add_header(request, "Cross-Origin-Opener-Policy", "same-origin");
	request_add_header(request, "Cache-Control", "no-cache");
}

void page_get(struct request *request)
{
	const struct asset *asset = assets;

	while (strcmp(asset->path, request->path) != 0) {
		asset++;
		must(asset < assets + LENGTH(assets));
	}
	add_policy(request);
	request_answer(request, 200, asset->type, asset->bytes, *asset->size);
}

void page_livez(struct request *request)
{
	request_answer(request, 200, "text/plain; charset=utf-8", "ok\n", 3);
}

void page_readyz(struct request *request)
{
	AUTO(alloc_free) char *text = NULL;
	char said[256];

	if (!ready_now(request->apid, said, sizeof(said))) {
		request_refuse(request, 503, "Not ready: %s.", said);
		return;
	}
	text = alloc_print("ready%s%s\n", *said ? ", " : "", said);
	request_answer(request, 200, "text/plain; charset=utf-8", text, strlen(text));
}
