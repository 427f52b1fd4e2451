/* test_clock.c - wall times as text, and that the system's clocks move. */
#include "test/unit/unit.h"

#include <errno.h>
#include <time.h>

#include "common/sys/clock.h"

#define AT_1430 INT64_C(1795617000000000) /* 2026-11-25T14:30:00Z */

/* clang-format off */
static const struct {
	const char *name, *text;
	int64_t us;
	const char *formatted;
} good[] = {
	{"RFC 3339", "2026-11-25T14:30:00Z", AT_1430, "2026-11-25T14:30:00Z"},
	{"a space, as Postgres", "2026-11-25 14:30:00+00", AT_1430, "2026-11-25T14:30:00Z"},
	{"one digit", "2026-11-25T14:30:00.2Z", AT_1430 + 200000, "2026-11-25T14:30:00.2Z"},
	{"two digits", "2026-11-25T14:30:00.25Z", AT_1430 + 250000, "2026-11-25T14:30:00.25Z"},
	{"three digits", "2026-11-25T14:30:00.251Z", AT_1430 + 251000, "2026-11-25T14:30:00.251Z"},
	{"four digits", "2026-11-25T14:30:00.2512Z", AT_1430 + 251200, "2026-11-25T14:30:00.2512Z"},
	{"five digits", "2026-11-25T14:30:00.25123Z", AT_1430 + 251230, "2026-11-25T14:30:00.25123Z"},
	{"six digits", "2026-11-25T14:30:00.000001Z", AT_1430 + 1, "2026-11-25T14:30:00.000001Z"},
	{"seven digits are cut", "2026-11-25T14:30:00.9999999Z", AT_1430 + 999999, "2026-11-25T14:30:00.999999Z"},
	{"eight digits are cut", "2026-11-25T14:30:00.00000099Z", AT_1430, "2026-11-25T14:30:00Z"},
	{"nine digits are cut", "2026-11-25T14:30:00.123456789Z", AT_1430 + 123456, "2026-11-25T14:30:00.123456Z"},
	{"zeros go", "2026-11-25T14:30:00.500000Z", AT_1430 + 500000, "2026-11-25T14:30:00.5Z"},
	{"behind UTC", "2026-11-25T09:30:00-05:00", AT_1430, "2026-11-25T14:30:00Z"},
	{"behind UTC, short", "2026-11-25 09:30:00-05", AT_1430, "2026-11-25T14:30:00Z"},
	{"half an hour", "2026-11-25T20:00:00+05:30", AT_1430, "2026-11-25T14:30:00Z"},
	{"with seconds, as Postgres of old", "2026-11-25 19:23:28+04:53:28", AT_1430, "2026-11-25T14:30:00Z"},
	{"-00:00", "2026-11-25T14:30:00-00:00", AT_1430, "2026-11-25T14:30:00Z"},
	{"fraction and zone", "2026-11-25 09:30:00.123456-05", AT_1430 + 123456, "2026-11-25T14:30:00.123456Z"},
	{"over midnight", "2026-12-31T23:30:00-05:00", INT64_C(1798777800000000), "2027-01-01T04:30:00Z"},
	{"the epoch", "1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
	{"before the epoch", "1969-12-31T23:59:59.75Z", -250000, "1969-12-31T23:59:59.75Z"},
	{"leap day", "2028-02-29T00:00:00Z", INT64_C(1835395200000000), "2028-02-29T00:00:00Z"},
	{"first year", "0001-01-01T00:00:00Z", INT64_C(-62135596800000000), "0001-01-01T00:00:00Z"},
	{"last year", "9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z"},
};

static const char *const bad[] = {
	"", "2026-11-25", "2026-11-25T", "2026-11-25T14:30:00", "2026-11-25T14:30Z", "2026-11-25T14:30:00.Z",
	"2026-11-25T14:30:00.1234567890Z", "2026-11-25T24:00:00Z", "2026-11-25T14:60:00Z", "2026-11-25T14:30:60Z",
	"2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-31T00:00:00Z",
	"2026-11-25T14:30:00Zx", " 2026-11-25T14:30:00Z", "2026-11-25T14:30:00 Z", "2026-11-25T14:30:00+5",
	"2026-11-25T14:30:00+05:", "2026-11-25T14:30:00+05:3", "2026-11-25T14:30:00+05:60", "2026-11-25T14:30:00+24:00",
	"2026-11-25T14:30:00+0530", "2026-11-25T14:30:00+05:30:", "2026-11-25T14:30:00+05:30:00:00", "2026-11-25t14:30:00Z",
	"20261125T143000Z", "2026-11-25T1:30:00Z", "2026-11-25T14.30.00Z", "infinity", "+2026-11-25T14:30:00Z", "2026-11-25\0T",
};

/* clang-format on */

static void reads_and_writes(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct wall at = {-1}, again = {-1};
		char text[WALL_TEXT];

		want_i64(good[i].name, wall_parse(good[i].text, &at), 0);
		want_i64(good[i].name, at.us, good[i].us);
		wall_format(at, text);
		want_str(good[i].name, text, good[i].formatted);
		want_i64(good[i].name, wall_parse(text, &again), 0);
		want_i64(good[i].name, again.us, at.us);
	}
}

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct wall at = {42};

		want_i64(bad[i], wall_parse(bad[i], &at), -EINVAL);
		want_i64(bad[i], at.us, 42);
	}
}

static void has_room_for_any_time(void **state)
{
	char text[WALL_TEXT];

	(void)state;
	wall_format((struct wall){INT64_MIN}, text);
	want_str("first", text, "-290308-12-21T19:59:05.224192Z");
	wall_format((struct wall){INT64_MAX}, text);
	want_str("last", text, "294247-01-10T04:00:54.775807Z");
}

static void system_clocks_run(void **state)
{
	const struct clock *clock = clock_system();
	struct wall wall = clock_wall(clock);
	struct mono mono = clock_mono(clock);
	const struct timespec moment = {.tv_nsec = 2000000};

	(void)state;
	nanosleep(&moment, NULL);
	want_true("mono moved", mono_since(clock_mono(clock), mono).us >= 2000);
	want_true("after this was written", wall.us > AT_1430 - span_sec(200 * 86400).us);
	want_true("deadline reached", mono_reached(mono_add(mono, span_ms(2)), clock_mono(clock)));
	want_true(
		"deadline ahead", !mono_reached(mono_add(mono, span_sec(3600)), clock_mono(clock)));
	want_i64("wall span", wall_since(wall_add(wall, span_ms(5)), wall).us, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes),
		cmocka_unit_test(refuses),
		cmocka_unit_test(has_room_for_any_time),
		cmocka_unit_test(system_clocks_run),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
