/* The broker's calendar and clock, and the sessions that follow from them: broker_parse.h, session.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/sys/alloc.h"
#include "ingestd/broker_parse.h"
#include "ingestd/session.h"
#include "test/unit/unit.h"

/* Thanksgiving week, and the two Sundays when New York's clocks change lie between these. */
static const char CALENDAR[] =
	"[{\"date\":\"2026-03-06\",\"open\":\"09:30\",\"close\":\"16:00\","
	"\"session_open\":\"0400\",\"session_close\":\"2000\",\"settlement_date\":\"2026-03-09\"},"
	"{\"date\":\"2026-03-09\",\"open\":\"09:30\",\"close\":\"16:00\","
	"\"session_open\":\"0400\",\"session_close\":\"2000\"},"
	"{\"date\":\"2026-10-30\",\"open\":\"09:30\",\"close\":\"16:00\","
	"\"session_open\":\"0400\",\"session_close\":\"2000\"},"
	"{\"date\":\"2026-11-25\",\"open\":\"09:30\",\"close\":\"16:00\","
	"\"session_open\":\"0400\",\"session_close\":\"2000\"},"
	"{\"date\":\"2026-11-27\",\"open\":\"09:30\",\"close\":\"13:00\","
	"\"session_open\":\"0400\",\"session_close\":\"1700\"},"
	"{\"date\":\"2026-11-30\",\"open\":\"09:30\",\"close\":\"16:00\"}]";

static void days(void **state)
{
	AUTO(alloc_free) struct calendar_day *list = NULL;
	AUTO(alloc_free) char *text = NULL;
	size_t count = 0;
	struct err err;

	(void)state;
	assert_int_equal(broker_days_parse(CALENDAR, strlen(CALENDAR), &list, &count, &err), 0);
	assert_int_equal(count, 6);
	text = broker_days_print(list, count);
	assert_string_equal(text,
		"[{\"date\":\"2026-03-06\",\"open\":\"2026-03-06T14:30:00Z\","
		"\"close\":\"2026-03-06T21:00:00Z\",\"pre_open\":\"2026-03-06T09:00:00Z\","
		"\"post_close\":\"2026-03-07T01:00:00Z\"},"
		"{\"date\":\"2026-03-09\",\"open\":\"2026-03-09T13:30:00Z\","
		"\"close\":\"2026-03-09T20:00:00Z\",\"pre_open\":\"2026-03-09T08:00:00Z\","
		"\"post_close\":\"2026-03-10T00:00:00Z\"},"
		"{\"date\":\"2026-10-30\",\"open\":\"2026-10-30T13:30:00Z\","
		"\"close\":\"2026-10-30T20:00:00Z\",\"pre_open\":\"2026-10-30T08:00:00Z\","
		"\"post_close\":\"2026-10-31T00:00:00Z\"},"
		"{\"date\":\"2026-11-25\",\"open\":\"2026-11-25T14:30:00Z\","
		"\"close\":\"2026-11-25T21:00:00Z\",\"pre_open\":\"2026-11-25T09:00:00Z\","
		"\"post_close\":\"2026-11-26T01:00:00Z\"},"
		"{\"date\":\"2026-11-27\",\"open\":\"2026-11-27T14:30:00Z\","
		"\"close\":\"2026-11-27T18:00:00Z\",\"pre_open\":\"2026-11-27T09:00:00Z\","
		"\"post_close\":\"2026-11-27T22:00:00Z\"},"
		"{\"date\":\"2026-11-30\",\"open\":\"2026-11-30T14:30:00Z\","
		"\"close\":\"2026-11-30T21:00:00Z\",\"pre_open\":\"2026-11-30T14:30:00Z\","
		"\"post_close\":\"2026-11-30T21:00:00Z\"}]");
}

static void no_days(void **state)
{
	static const char *const bodies[] = {
		"",
		"<html>",
		"{}",
		"null",
		"[1]",
		"[{}]",
		"[{\"date\":\"2026-02-30\",\"open\":\"09:30\",\"close\":\"16:00\"}]",
		"[{\"date\":\"2026-03-06\",\"open\":\"9:30\",\"close\":\"16:00\"}]",
		"[{\"date\":\"2026-03-06\",\"open\":\"09:30\",\"close\":\"24:00\"}]",
		"[{\"date\":\"2026-03-06\",\"open\":\"09:30\",\"close\":\"16:60\"}]",
		"[{\"date\":\"2026-03-06\",\"open\":\"16:00\",\"close\":\"09:30\"}]",
		"[{\"date\":\"2026-03-06\",\"open\":\"09:30\",\"close\":null}]",
		("[{\"date\":\"2026-03-09\",\"open\":\"09:30\",\"close\":\"16:00\"},"
		 "{\"date\":\"2026-03-06\",\"open\":\"09:30\",\"close\":\"16:00\"}]"),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(bodies); i++) {
		struct calendar_day *list = NULL;
		size_t count = 0;
		struct err err;

		if (broker_days_parse(bodies[i], strlen(bodies[i]), &list, &count, &err) == 0)
			fail_msg("%s was taken for a calendar", bodies[i]);
		assert_null(list);
	}
}

static void sessions(void **state)
{
	static const struct {
		const char *at;
		const char *session;
	} cases[] = {
		{"2026-11-25T08:59:59.999999Z", "none"},
		{"2026-11-25T09:00:00Z", "pre"},
		{"2026-11-25T14:29:59.999999Z", "pre"},
		{"2026-11-25T14:30:00Z", "regular"},
		{"2026-11-25T20:59:59.999999Z", "regular"},
		{"2026-11-25T21:00:00Z", "post"},
		{"2026-11-26T00:59:59.999999Z", "post"},
		{"2026-11-26T01:00:00Z", "none"},
		{"2026-11-26T15:00:00Z", "none"}, /* Thanksgiving */
		{"2026-11-27T17:59:59Z", "regular"},
		{"2026-11-27T18:00:00Z", "post"}, /* early close */
		{"2026-11-27T22:00:00Z", "none"},
		{"2026-03-06T14:30:00Z", "regular"}, /* before and after the clocks change */
		{"2026-03-09T13:30:00Z", "regular"},
		{"2026-03-09T13:29:59Z", "pre"},
		{"2026-12-01T15:00:00Z", NULL}, /* beyond what the calendar knows */
		{"2026-03-05T15:00:00Z", NULL},
	};
	AUTO(alloc_free) struct calendar_day *list = NULL;
	struct calendar calendar = {0};
	struct err err;

	(void)state;
	assert_int_equal(
		broker_days_parse(CALENDAR, strlen(CALENDAR), &list, &calendar.ndays, &err), 0);
	calendar.days = list;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct wall at;
		assert_int_equal(wall_parse(cases[i].at, &at), 0);

		const char *got = session_at(&calendar, at);
		const char *want = cases[i].session;
		if ((got == NULL) != (want == NULL) || (got != NULL && strcmp(got, want) != 0))
			fail_msg("%s: %s", cases[i].at, got != NULL ? got : "unknown");
	}
}

static void clocks(void **state)
{
	static const char body[] = "{\"timestamp\":\"2026-10-08T11:10:22.123456789-04:00\","
				   "\"is_open\":true,"
				   "\"next_open\":\"2026-10-09T09:30:00-04:00\","
				   "\"next_close\":\"2026-10-08T16:00:00-04:00\"}";
	static const char *const bad[] = {
		"[]",
		"{\"is_open\":true}",
		"{\"timestamp\":\"2026-10-08T11:10:22Z\",\"is_open\":\"yes\","
		"\"next_open\":\"2026-10-09T09:30:00Z\",\"next_close\":\"2026-10-08T16:00:00Z\"}",
		"{\"timestamp\":\"2026-10-08T11:10:22Z\",\"is_open\":true,"
		"\"next_open\":\"tomorrow\",\"next_close\":\"2026-10-08T16:00:00Z\"}",
	};
	struct broker_clock clock;
	char text[WALL_TEXT];
	struct err err;

	(void)state;
	assert_int_equal(broker_clock_parse(body, strlen(body), &clock, &err), 0);
	assert_true(clock.is_open);
	wall_format(clock.at, text);
	assert_string_equal(text, "2026-10-08T15:10:22.123456Z");
	wall_format(clock.next_open, text);
	assert_string_equal(text, "2026-10-09T13:30:00Z");
	wall_format(clock.next_close, text);
	assert_string_equal(text, "2026-10-08T20:00:00Z");
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_int_not_equal(broker_clock_parse(bad[i], strlen(bad[i]), &clock, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days),
		cmocka_unit_test(no_days),
		cmocka_unit_test(sessions),
		cmocka_unit_test(clocks),
	};

	return cmocka_run_group_tests_name("ingestd/broker_parse", tests, NULL, NULL);
}
