/* test_http_url.c - URLs, escapes and header blocks as text. */
#include "common/sys/http.h"

#include "common/sys/alloc.h"
#include "test/unit/unit.h"

struct url_case {
	const char *url;
	const char *scheme; /* NULL: refused */
	const char *host;
	int port;
	const char *path;
};

/* clang-format off */
static const struct url_case urls[] = {
	{"https://paper-api.alpaca.markets", "https", "paper-api.alpaca.markets", 443, ""},
	{"https://paper-api.alpaca.markets/", "https", "paper-api.alpaca.markets", 443, ""},
	{"HTTPS://Data.Alpaca.Markets/v2///", "https", "data.alpaca.markets", 443, "/v2"},
	{"http://127.0.0.1:8080/a/b", "http", "127.0.0.1", 8080, "/a/b"},
	{"ws://localhost", "ws", "localhost", 80, ""},
	{"wss://[::1]:65535/stream", "wss", "::1", 65535, "/stream"},
	{"ftp://host", NULL, NULL, 0, NULL},
	{"https:/host", NULL, NULL, 0, NULL},
	{"https://", NULL, NULL, 0, NULL},
	{"https:///path", NULL, NULL, 0, NULL},
	{"host", NULL, NULL, 0, NULL},
	{"", NULL, NULL, 0, NULL},
	{" https://host", NULL, NULL, 0, NULL},
	{"https://user@host", NULL, NULL, 0, NULL},
	{"https://api.alpaca.markets:443@evil.example", NULL, NULL, 0, NULL},
	{"https://api.alpaca.markets\\@evil.example", NULL, NULL, 0, NULL},
	{"https://host?q", NULL, NULL, 0, NULL},
	{"https://host/?q=1", NULL, NULL, 0, NULL},
	{"https://host#f", NULL, NULL, 0, NULL},
	{"https://host:", NULL, NULL, 0, NULL},
	{"https://host:0", NULL, NULL, 0, NULL},
	{"https://host:65536", NULL, NULL, 0, NULL},
	{"https://host:4 43", NULL, NULL, 0, NULL},
	{"https://host:443x/", NULL, NULL, 0, NULL},
	{"https://[::1/", NULL, NULL, 0, NULL},
	{"https://[host]/", NULL, NULL, 0, NULL},
	{"https://ho st/", NULL, NULL, 0, NULL},
	{"https://h\xc3\xb6st/", NULL, NULL, 0, NULL},
	{"https://host/a\r\nX: y", NULL, NULL, 0, NULL},
};

/* clang-format on */

static void splits(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(urls); i++) {
		const struct url_case *row = &urls[i];
		struct http_url parts = {.port = -1};

		want_i64(row->url, http_url_split(row->url, &parts), row->scheme != NULL);
		if (row->scheme == NULL) {
			want_i64(row->url, parts.port, -1);
			continue;
		}
		want_str(row->url, parts.scheme, row->scheme);
		want_str(row->url, parts.host, row->host);
		want_i64(row->url, parts.port, row->port);
		want_str(row->url, parts.path, row->path);
	}
}

static void long_parts_are_refused(void **state)
{
	char url[700] = "https://";
	struct http_url parts;

	(void)state;
	memset(url + 8, 'a', 255);
	want_true("255 characters", http_url_split(url, &parts));
	url[8 + 255] = 'a';
	want_true("256 characters", !http_url_split(url, &parts));
	memset(url, 0, sizeof(url));
	memcpy(url, "https://h/", 10);
	memset(url + 10, 'a', 254);
	want_true("path of 255", http_url_split(url, &parts));
	url[10 + 254] = 'a';
	want_true("path of 256", !http_url_split(url, &parts));
}

static void loopback_is_three_names(void **state)
{
	static const struct {
		const char *host;
		bool is;
	} rows[] = {{"127.0.0.1", true}, {"::1", true}, {"localhost", true}, {"127.0.0.2", false},
		{"localhost.example", false}, {"0.0.0.0", false}, {"", false}};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		want_i64(rows[i].host, http_host_is_loopback(rows[i].host), rows[i].is);
}

static void escapes(void **state)
{
	static const struct {
		const char *text, *escaped;
	} rows[] = {{"", ""}, {"SPY", "SPY"}, {"BTC/USD", "BTC%2FUSD"},
		{"a b&c=d?", "a%20b%26c%3Dd%3F"}, {"-._~", "-._~"},
		{"2026-11-25T14:30:00+00:00", "2026-11-25T14%3A30%3A00%2B00%3A00"},
		{"\xc3\xb6", "%C3%B6"}};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		AUTO(alloc_free) char *escaped = http_escape(rows[i].text);

		want_str(rows[i].text, escaped, rows[i].escaped);
	}
}

static void headers(void **state)
{
	static const char block[] = "HTTP/1.1 200 OK\r\n"
				    "X-Request-ID: first\r\n"
				    "X-Request-ID-Other: other\r\n"
				    "retry-after:\t 30 \r\n"
				    "Empty:\r\n"
				    "x-request-id: last one\r\n\r\n";

	static const struct {
		const char *name, *value; /* NULL: absent */
	} rows[] = {{"X-Request-ID", "last one"}, {"Retry-After", "30"}, {"Empty", ""},
		{"X-Request", NULL}, {"HTTP/1.1 200 OK", NULL}, {"Absent", NULL}};
	const struct http_response response = {.header_block = block};
	char value[32];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		bool found = http_header(&response, rows[i].name, value, sizeof(value));

		want_i64(rows[i].name, found, rows[i].value != NULL);
		if (found)
			want_str(rows[i].name, value, rows[i].value);
	}
	want_true("cut", http_header(&response, "X-Request-ID", value, 5));
	want_str("cut", value, "last");
}

static void joins(void **state)
{
	static const struct {
		const char *name, *base, *path, *url;
	} rows[] = {
		{"plain", "https://h", "/v2/clock", "https://h/v2/clock"},
		{"one slash", "https://h:1/", "/v2/clock", "https://h:1/v2/clock"},
		{"empty base", "", "/v2/clock", "/v2/clock"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		AUTO(alloc_free) char *url = http_url_join(rows[i].base, rows[i].path);

		want_str(rows[i].name, url, rows[i].url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits),
		cmocka_unit_test(long_parts_are_refused),
		cmocka_unit_test(loopback_is_three_names),
		cmocka_unit_test(escapes),
		cmocka_unit_test(headers),
		cmocka_unit_test(joins),
	};

	return cmocka_run_group_tests_name("http_url", tests, NULL, NULL);
}
