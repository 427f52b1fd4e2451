/* test_decimal.c - exact decimals: text, limits, rounding, round trips. */
#include "test/unit/unit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "common/sys/decimal.h"

#define N DECIMAL_ONE

/* clang-format off */
static const struct {
	const char *text;
	int r;
	int64_t nano;
	int wire_r;
	int64_t wire_nano;
} reads[] = {
	{"0", 0, 0, 0, 0},
	{"-0", 0, 0, 0, 0},
	{"1", 0, N, 0, N},
	{"-1.5", 0, -1500000000, 0, -1500000000},
	{"492", 0, 492 * N, 0, 492 * N},
	{"0.000000001", 0, 1, 0, 1},
	{"-0.000000001", 0, -1, 0, -1},
	{"10.10", 0, 10100000000, 0, 10100000000},
	{"1.000000000000000000000", 0, N, 0, N},
	{"9223372036.854775807", 0, INT64_MAX, 0, INT64_MAX},
	{"-9223372036.854775807", 0, -INT64_MAX, 0, -INT64_MAX},
	{"9223372036.854775808", -ERANGE, 0, -ERANGE, 0},
	{"-9223372036.854775808", -ERANGE, 0, -ERANGE, 0},
	{"9223372037", -ERANGE, 0, -ERANGE, 0},
	{"99999999999999999999999999999999999999", -ERANGE, 0, -ERANGE, 0},
	{"9223372036.8547758070", 0, INT64_MAX, 0, INT64_MAX},
	{"9223372036.8547758075", -EDOM, 0, -ERANGE, 0},
	{"0.0000000001", -EDOM, 0, 0, 0},
	{"0.0000000004999", -EDOM, 0, 0, 0},
	{"0.0000000005", -EDOM, 0, 0, 1},
	{"-0.0000000005", -EDOM, 0, 0, -1},
	{"1.9999999995", -EDOM, 0, 0, 2 * N},
	{"0.1000000000000000055511151231257827", -EDOM, 0, 0, 100000000},
	{"1e2", -EINVAL, 0, 0, 100 * N},
	{"1E+2", -EINVAL, 0, 0, 100 * N},
	{"1.5e-1", -EINVAL, 0, 0, 150000000},
	{"-1.5e1", -EINVAL, 0, 0, -15 * N},
	{"12345e-9", -EINVAL, 0, 0, 12345},
	{"5e-10", -EINVAL, 0, 0, 1},
	{"4e-10", -EINVAL, 0, 0, 0},
	{"5e-11", -EINVAL, 0, 0, 0},
	{"1e-400", -EINVAL, 0, 0, 0},
	{"1e-99999999999999999999", -EINVAL, 0, 0, 0},
	{"1e9", -EINVAL, 0, 0, N * N},
	{"1e10", -EINVAL, 0, -ERANGE, 0},
	{"1e400", -EINVAL, 0, -ERANGE, 0},
	{"1e99999999999999999999", -EINVAL, 0, -ERANGE, 0},
	{"0e400", -EINVAL, 0, 0, 0},
	{"0.000e5", -EINVAL, 0, 0, 0},
	{"0.00000000000000000001e20", -EINVAL, 0, 0, N},
	{"", -EINVAL, 0, -EINVAL, 0},
	{"-", -EINVAL, 0, -EINVAL, 0},
	{"+1", -EINVAL, 0, -EINVAL, 0},
	{".5", -EINVAL, 0, -EINVAL, 0},
	{"1.", -EINVAL, 0, -EINVAL, 0},
	{"-.5", -EINVAL, 0, -EINVAL, 0},
	{"007", -EINVAL, 0, -EINVAL, 0},
	{"-00", -EINVAL, 0, -EINVAL, 0},
	{"1 ", -EINVAL, 0, -EINVAL, 0},
	{" 1", -EINVAL, 0, -EINVAL, 0},
	{"1,5", -EINVAL, 0, -EINVAL, 0},
	{"1.5.5", -EINVAL, 0, -EINVAL, 0},
	{"--1", -EINVAL, 0, -EINVAL, 0},
	{"0x10", -EINVAL, 0, -EINVAL, 0},
	{"NaN", -EINVAL, 0, -EINVAL, 0},
	{"inf", -EINVAL, 0, -EINVAL, 0},
	{"1e", -EINVAL, 0, -EINVAL, 0},
	{"1e+", -EINVAL, 0, -EINVAL, 0},
	{"1e1.5", -EINVAL, 0, -EINVAL, 0},
};

static const struct {
	int64_t nano;
	const char *shortest;
	int digits;
	const char *fixed;
} writes[] = {
	{0, "0", 0, "0"},
	{0, "0", 2, "0.00"},
	{N, "1", 2, "1.00"},
	{100000000, "0.1", 9, "0.100000000"},
	{-1500000000, "-1.5", 0, "-2"},
	{-1600000000, "-1.6", 2, "-1.60"},
	{-1550000000, "-1.55", 1, "-1.6"},
	{-1549999999, "-1.549999999", 1, "-1.5"},
	{-1549999999, "-1.549999999", 2, "-1.55"},
	{-40000000, "-0.04", 1, "0.0"},
	{-50000000, "-0.05", 1, "-0.1"},
	{2250000000, "2.25", 1, "2.3"},
	{-12345000000, "-12.345", 2, "-12.35"},
	{-1, "-0.000000001", 8, "0.00000000"},
	{-5, "-0.000000005", 8, "-0.00000001"},
	{492 * N, "492", 1, "492.0"},
	{INT64_MAX, "9223372036.854775807", 0, "9223372037"},
	{INT64_MAX, "9223372036.854775807", 9, "9223372036.854775807"},
	{-INT64_MAX, "-9223372036.854775807", 1, "-9223372036.9"},
	{INT64_MIN, "-9223372036.854775808", 0, "-9223372037"},
};

enum operation { MUL, DIV };

static const struct {
	const char *name;
	enum operation operation;
	int64_t a, b;
	enum rounding rounding;
	int r;
	int64_t out;
} sums[] = {
	{"2 x 3", MUL, 2 * N, 3 * N, ROUND_DOWN, 0, 6 * N},
	{"signs", MUL, -2 * N, 3 * N, ROUND_DOWN, 0, -6 * N},
	{"both signs", MUL, -2 * N, -3 * N, ROUND_DOWN, 0, 6 * N},
	{"half a nano, down", MUL, 1, N / 2, ROUND_DOWN, 0, 0},
	{"half a nano, up", MUL, 1, N / 2, ROUND_UP, 0, 1},
	{"half a nano, half away", MUL, 1, N / 2, ROUND_HALF_AWAY, 0, 1},
	{"minus half, down", MUL, -1, N / 2, ROUND_DOWN, 0, 0},
	{"minus half, up", MUL, -1, N / 2, ROUND_UP, 0, -1},
	{"minus half, half away", MUL, -1, N / 2, ROUND_HALF_AWAY, 0, -1},
	{"below half, half away", MUL, 1, N / 2 - 1, ROUND_HALF_AWAY, 0, 0},
	{"a nano of a nano, up", MUL, 1, 1, ROUND_UP, 0, 1},
	{"too much", MUL, 100000 * N, 100000 * N, ROUND_DOWN, -ERANGE, 0},
	{"the limits", MUL, INT64_MAX, INT64_MAX, ROUND_DOWN, -ERANGE, 0},
	{"limit x 1", MUL, INT64_MAX, N, ROUND_UP, 0, INT64_MAX},
	{"1 / 3, down", DIV, N, 3 * N, ROUND_DOWN, 0, 333333333},
	{"1 / 3, up", DIV, N, 3 * N, ROUND_UP, 0, 333333334},
	{"2 / 3, half away", DIV, 2 * N, 3 * N, ROUND_HALF_AWAY, 0, 666666667},
	{"-2 / 3, half away", DIV, -2 * N, 3 * N, ROUND_HALF_AWAY, 0, -666666667},
	{"2 / -3, down", DIV, 2 * N, -3 * N, ROUND_DOWN, 0, -666666666},
	{"exact, up", DIV, 6 * N, 3 * N, ROUND_UP, 0, 2 * N},
	{"492 / 500", DIV, 492 * N, 500 * N, ROUND_DOWN, 0, 984000000},
	{"by zero", DIV, N, 0, ROUND_DOWN, -EDOM, 0},
	{"by a nano", DIV, 10 * N, 1, ROUND_DOWN, -ERANGE, 0},
};

static const struct {
	const char *name;
	int64_t nano;
	int digits;
	enum rounding rounding;
	int r;
	int64_t out;
} rounds[] = {
	{"cents down", 19999999999, 2, ROUND_DOWN, 0, 19990000000},
	{"cents up", 19990000001, 2, ROUND_UP, 0, 20000000000},
	{"cents half", 19995000000, 2, ROUND_HALF_AWAY, 0, 20000000000},
	{"cents below half", 19994999999, 2, ROUND_HALF_AWAY, 0, 19990000000},
	{"negative half", -19995000000, 2, ROUND_HALF_AWAY, 0, -20000000000},
	{"negative down is toward zero", -19999999999, 2, ROUND_DOWN, 0, -19990000000},
	{"negative up is away from zero", -19990000001, 2, ROUND_UP, 0, -20000000000},
	{"nine digits change nothing", 123456789, 9, ROUND_UP, 0, 123456789},
	{"whole", 1500000000, 0, ROUND_HALF_AWAY, 0, 2000000000},
	{"over the limit", INT64_MAX, 0, ROUND_UP, -ERANGE, 0},
	{"down from the limit", INT64_MAX, 0, ROUND_DOWN, 0, 9223372036000000000},
};

/* clang-format on */

static void reads_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(reads); i++) {
		int64_t nano = 4711;

		want_i64(reads[i].text, decimal_parse(reads[i].text, &nano), reads[i].r);
		want_i64(reads[i].text, nano, reads[i].r == 0 ? reads[i].nano : 4711);
		nano = 4711;
		want_i64(reads[i].text, decimal_parse_wire(reads[i].text, &nano), reads[i].wire_r);
		want_i64(reads[i].text, nano, reads[i].wire_r == 0 ? reads[i].wire_nano : 4711);
	}
}

static void writes_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(writes); i++) {
		char text[DECIMAL_TEXT];

		decimal_format(writes[i].nano, text);
		want_str(writes[i].shortest, text, writes[i].shortest);
		decimal_format_fixed(writes[i].nano, writes[i].digits, text);
		want_str(writes[i].shortest, text, writes[i].fixed);
	}
}

static int calculate(
	enum operation operation, int64_t a, int64_t b, enum rounding rounding, int64_t *out)
{
	switch (operation) {
	case MUL:
		return decimal_mul(a, b, rounding, out);
	case DIV:
		return decimal_div(a, b, rounding, out);
	}
	return 1;
}

static void calculates(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(sums); i++) {
		int64_t out = 4711;

		want_i64(sums[i].name,
			calculate(sums[i].operation, sums[i].a, sums[i].b, sums[i].rounding, &out),
			sums[i].r);
		want_i64(sums[i].name, out, sums[i].r == 0 ? sums[i].out : 4711);
	}
}

static void rounds_to_digits(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rounds); i++) {
		int64_t out = 4711;

		want_i64(rounds[i].name,
			decimal_round(rounds[i].nano, rounds[i].digits, rounds[i].rounding, &out),
			rounds[i].r);
		want_i64(rounds[i].name, out, rounds[i].r == 0 ? rounds[i].out : 4711);
	}
}

/* xorshift: the same values in each run. */
static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Values of every size: what is written reads back the same, by both readers, also with an exponent. */
static void survives_round_trips(void **state)
{
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		int64_t nano = (int64_t)(next_random(&seed) >> (1 + next_random(&seed) % 63));
		int64_t strict = 0, wire = 0, shifted = 0;
		char text[DECIMAL_TEXT], fixed[DECIMAL_TEXT], exponent[48];

		if (next_random(&seed) % 2)
			nano = -nano;
		decimal_format(nano, text);
		want_i64(text, decimal_parse(text, &strict), 0);
		want_i64(text, strict, nano);
		want_i64(text, decimal_parse_wire(text, &wire), 0);
		want_i64(text, wire, nano);
		decimal_format_fixed(nano, 9, fixed);
		want_i64(fixed, decimal_parse(fixed, &strict), 0);
		want_i64(fixed, strict, nano);
		snprintf(exponent, sizeof(exponent), "%" PRId64 "e-9", nano);
		want_i64(exponent, decimal_parse_wire(exponent, &shifted), 0);
		want_i64(exponent, shifted, nano);
	}
}

/* What is multiplied and divided again comes back within the one rounding of each. */
static void mul_and_div_agree(void **state)
{
	uint64_t seed = 1234567890123456789u;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		int64_t a = (int64_t)(next_random(&seed) % (uint64_t)(1000 * N));
		int64_t b = N + (int64_t)(next_random(&seed) % (uint64_t)(1000 * N));
		int64_t down, up, back;

		want_i64("down", decimal_mul(a, b, ROUND_DOWN, &down), 0);
		want_i64("up", decimal_mul(a, b, ROUND_UP, &up), 0);
		want_true("one apart at most", up - down == 0 || up - down == 1);
		want_i64("back", decimal_div(down, b, ROUND_HALF_AWAY, &back), 0);
		want_true("near", llabs(back - a) <= 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_text),
		cmocka_unit_test(writes_text),
		cmocka_unit_test(calculates),
		cmocka_unit_test(rounds_to_digits),
		cmocka_unit_test(survives_round_trips),
		cmocka_unit_test(mul_and_div_agree),
	};

	return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
