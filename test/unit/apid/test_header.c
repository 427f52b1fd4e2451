/* test_header.c - which headers a request may have, where its header ends, and which origins may call. */
#include "apid/header.h"

#include "apid/head_end.h"
#include "apid/origin.h"
#include "test/unit/unit.h"

static void finds_faults(void **state)
{
	static const struct {
		const char *name;
		bool http_1_1;
		struct header headers[3];
		const char *fault;
	} cases[] = {
		{"good", true, {{"Host", "h"}, {"Content-Length", "12"}}, NULL},
		{"chunked", true, {{"Host", "h"}, {"Transfer-Encoding", "chunked"}}, NULL},
		{"HTTP/1.0 without Host", false, {{"Accept", "*/*"}}, NULL},
		{"no Host", true, {{"Accept", "*/*"}}, "HTTP/1.1 needs a Host header."},
		{"two Hosts", true, {{"Host", "a"}, {"host", "a"}},
			"Host was sent more than once."},
		{"two lengths", true,
			{{"Host", "h"}, {"Content-Length", "1"}, {"content-length", "1"}},
			"Content-Length was sent more than once."},
		{"+5", true, {{"Host", "h"}, {"Content-Length", "+5"}},
			"Content-Length must be digits only."},
		{"5, 5", true, {{"Host", "h"}, {"Content-Length", "5, 5"}},
			"Content-Length must be digits only."},
		{"empty length", true, {{"Host", "h"}, {"Content-Length", ""}},
			"Content-Length must be digits only."},
		{"gzip", true, {{"Host", "h"}, {"Transfer-Encoding", "gzip"}},
			"The only Transfer-Encoding understood here is chunked, once."},
		{"xchunked", true, {{"Host", "h"}, {"Transfer-Encoding", "xchunked"}},
			"The only Transfer-Encoding understood here is chunked, once."},
		{"chunked, chunked", true,
			{{"Host", "h"}, {"Transfer-Encoding", "chunked, chunked"}},
			"The only Transfer-Encoding understood here is chunked, once."},
		{"both", true,
			{{"Host", "h"}, {"Transfer-Encoding", "chunked"}, {"Content-Length", "3"}},
			"Content-Length and Transfer-Encoding exclude each other."},
		{"space before the colon", true, {{"Host", "h"}, {"Content-Length ", "3"}},
			"A header name holds a character that is not allowed there."},
		{"two tokens", true,
			{{"Host", "h"}, {"Authorization", "a"}, {"authorization", "b"}},
			"Authorization was sent more than once."},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t count = 0;

		while (count < 3 && cases[i].headers[count].name)
			count++;
		want_str(cases[i].name, header_fault(cases[i].headers, count, cases[i].http_1_1),
			cases[i].fault);
	}
}

static void looks_into_lists(void **state)
{
	(void)state;
	want_true("alone", header_lists("Upgrade", "upgrade"));
	want_true("second", header_lists("keep-alive,  Upgrade ", "upgrade"));
	want_true("not a part", !header_lists("upgraded", "upgrade"));
	want_true("absent", !header_lists(NULL, "upgrade"));
	want_true("empty", !header_lists(", ,", "upgrade"));
}

static void sees_the_end(void **state)
{
	static const struct {
		const char *name, *first, *second;
		bool after_first, after_second;
	} cases[] = {
		{"whole", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "", true, false},
		{"with a body behind", "POST / HTTP/1.1\r\n\r\n{\n\n}", "", true, false},
		{"bare LF", "GET / HTTP/1.1\nHost: h\n\n", "", true, false},
		{"cut in the end", "GET / HTTP/1.1\r\n\r", "\n", false, true},
		{"cut before the end", "GET / HTTP/1.1\r\n", "\r\n", false, true},
		{"blank lines in front", "\r\n\r\nGET / HTTP/1.1\r\n", "\r\n", false, true},
		{"drip", "G", "E", false, false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct head_end end = {0};

		want_i64(cases[i].name, head_end_seen(&end, cases[i].first, strlen(cases[i].first)),
			cases[i].after_first);
		if (!cases[i].after_first)
			want_i64(cases[i].name,
				head_end_seen(&end, cases[i].second, strlen(cases[i].second)),
				cases[i].after_second);
	}
}

static void knows_origins(void **state)
{
	static const char list[] = "https://app.example.com, http://localhost:3000";

	static const struct {
		const char *list;
		bool good;
	} lists[] = {
		{list, true},
		{NULL, true},
		{"*", false},
		{"app.example.com", false},
		{"https://app.example.com/", false},
		{"https://", false},
		{"https://*.example.com", false},
		{"https://a.example,https://b.example/path", false},
	};
	struct err err;

	(void)state;
	want_true("first", origin_listed(list, "https://app.example.com"));
	want_true("second", origin_listed(list, "http://localhost:3000"));
	want_true("a prefix is none", !origin_listed(list, "https://app.example.co"));
	want_true("another port", !origin_listed(list, "http://localhost:3001"));
	want_true("no list", !origin_listed(NULL, "https://app.example.com"));
	want_true("our own page", origin_is_own("http://127.0.0.1:8080", "127.0.0.1:8080"));
	want_true("behind TLS", origin_is_own("https://hub.example", "hub.example"));
	want_true("null", !origin_is_own("null", "hub.example"));
	want_true("somebody else", !origin_is_own("https://evil.example", "hub.example"));
	for (size_t i = 0; i < LENGTH(lists); i++)
		want_i64(lists[i].list ? lists[i].list : "(none)",
			origin_check_list(lists[i].list, &err) == 0, lists[i].good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_faults),
		cmocka_unit_test(looks_into_lists),
		cmocka_unit_test(sees_the_end),
		cmocka_unit_test(knows_origins),
	};

	return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
