/* test_calendar.c - sessions, the day before, holidays, half days. */
#include "test/unit/trading/scene.h"

/* clang-format off */
static const struct {
	const char *name, *at;
	bool regular, extended;
} instants[] = {
	{"before the pre-market", "2026-11-25T08:59:59Z", false, false},
	{"pre-market opens", "2026-11-25T09:00:00Z", false, true},
	{"a second before the open", "2026-11-25T14:29:59Z", false, true},
	{"the open", "2026-11-25T14:30:00Z", true, true},
	{"a second before the close", "2026-11-25T20:59:59Z", true, true},
	{"the close", "2026-11-25T21:00:00Z", false, true},
	{"after hours, already tomorrow in UTC", "2026-11-26T00:59:59Z", false, true},
	{"after hours end", "2026-11-26T01:00:00Z", false, false},
	{"Thanksgiving at noon", "2026-11-26T17:00:00Z", false, false},
	{"the half day before its close", "2026-11-27T17:59:59Z", true, true},
	{"the half day after its close", "2026-11-27T18:00:00Z", false, true},
	{"Saturday", "2026-11-28T17:00:00Z", false, false},
};

static const struct {
	const char *date, *previous;
	bool covered;
} dates[] = {
	{"2026-11-24", NULL, false},
	{"2026-11-25", "2026-11-24", true},
	{"2026-11-26", "2026-11-25", true},
	{"2026-11-27", "2026-11-25", true},
	{"2026-11-29", "2026-11-27", true},
	{"2026-11-30", "2026-11-27", true},
	{"2026-12-01", "2026-11-30", false},
};

static const struct {
	const char *name, *since, *now;
	bool equity, crypto;
} begun[] = {
	{"the same day", "2026-11-25T15:00:00Z", "2026-11-25T20:00:00Z", false, false},
	{"Thanksgiving", "2026-11-25T15:00:00Z", "2026-11-26T15:00:00Z", false, true},
	{"the day after", "2026-11-25T15:00:00Z", "2026-11-27T05:00:00Z", true, true},
	{"UTC's midnight is not New York's", "2026-11-25T15:00:00Z", "2026-11-26T04:59:59Z", false, false},
	{"the weekend", "2026-11-27T17:00:00Z", "2026-11-29T17:00:00Z", false, true},
	{"Monday", "2026-11-27T17:00:00Z", "2026-11-30T05:00:00Z", true, true},
};

/* clang-format on */

static void test_sessions(void **state)
{
	struct wall close;
	struct scene scene;
	size_t i;

	(void)state;
	scene_set(&scene);
	for (i = 0; i < LENGTH(instants); i++) {
		struct wall instant = at(instants[i].at);

		want_i64(instants[i].name,
			calendar_in_session(&scene.calendar, SESSION_REGULAR, instant),
			instants[i].regular);
		want_i64(instants[i].name,
			calendar_in_session(&scene.calendar, SESSION_EXTENDED, instant),
			instants[i].extended);
		want_true(instants[i].name,
			calendar_in_session(&scene.calendar, SESSION_ANY, instant));
		want_true(instants[i].name,
			!calendar_session_close(&scene.calendar, SESSION_ANY, instant, &close));
	}
	want_true("half day", calendar_session_close(&scene.calendar, SESSION_REGULAR,
				      at("2026-11-27T15:00:00Z"), &close));
	want_i64("half day", close.us, at("2026-11-27T18:00:00Z").us);
	scene_end(&scene);
}

static void test_dates(void **state)
{
	const struct calendar_day *day;
	struct calendar none = {NULL, 0};
	struct scene scene;
	size_t i;

	(void)state;
	scene_set(&scene);
	for (i = 0; i < LENGTH(dates); i++) {
		day = calendar_previous(&scene.calendar, on(dates[i].date));
		want_i64(dates[i].date, day != NULL, dates[i].previous != NULL);
		if (day)
			want_i64(dates[i].date, date_compare(day->date, on(dates[i].previous)), 0);
		want_i64(dates[i].date, calendar_covers(&scene.calendar, on(dates[i].date)),
			dates[i].covered);
		want_true(dates[i].date, !calendar_covers(&none, on(dates[i].date)));
	}
	scene_end(&scene);
}

static void test_begun(void **state)
{
	struct scene scene;
	size_t i;

	(void)state;
	scene_set(&scene);
	for (i = 0; i < LENGTH(begun); i++) {
		want_i64(begun[i].name,
			calendar_next_day_begun(&scene.calendar, ASSET_US_EQUITY,
				at(begun[i].since), at(begun[i].now)),
			begun[i].equity);
		want_i64(begun[i].name,
			calendar_next_day_begun(&scene.calendar, ASSET_CRYPTO, at(begun[i].since),
				at(begun[i].now)),
			begun[i].crypto);
	}
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_begun),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
