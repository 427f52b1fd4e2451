/*
 * decimal.h - exact decimals: nine fraction digits in 64 bits (about +-9.22 billion), overflow-checked.
 * The range is symmetric: INT64_MIN is never a result, so that -x always fits.
 * Prices, quantities, cash and percents are different types, so that mixing them does not compile.
 * No double touches any of this.
 */
#pragma once

#include <stdint.h>

#include "common/sys/attr.h"

#define DECIMAL_ONE INT64_C(1000000000)

struct price {
	int64_t nano; /* USD a unit */
};

struct qty {
	int64_t nano; /* shares or coins */
};

struct cash {
	int64_t nano; /* USD */
};

struct pct {
	int64_t nano; /* percent points: -1.5 is -1.5 % */
};

enum rounding {
	ROUND_DOWN, /* toward zero */
	ROUND_UP,   /* away from zero */
	ROUND_HALF_AWAY,
};

enum {
	DECIMAL_TEXT = 32,
};

/*
 * Exactly [-]digits[.digits] (JSON's grammar without the exponent: no leading + and no 007).
 * 0; -EINVAL not a number, or an exponent; -EDOM a tenth fraction digit that is not zero; -ERANGE does not fit.
 * *nano_out is left alone on failure.
 */
int decimal_parse(const char *text, int64_t *nano_out) MUST_CHECK;

/* What the wire may bring: an exponent is read, more than nine fraction digits are rounded half away from zero.
 * 0, -EINVAL or -ERANGE. */
int decimal_parse_wire(const char *text, int64_t *nano_out) MUST_CHECK;

/* Shortest exact text: 492, 0.1, -1.5. decimal_format_fixed keeps `digits` (0..9) fraction digits, rounding half
 * away from zero; a result of zero has no sign. */
void decimal_format(int64_t nano, char out[static DECIMAL_TEXT]);
void decimal_format_fixed(int64_t nano, int digits, char out[static DECIMAL_TEXT]);

/* 0 or -ERANGE, *out untouched. */
int decimal_mul(int64_t a, int64_t b, enum rounding rounding, int64_t *out) MUST_CHECK;
int decimal_div(int64_t a, int64_t b, enum rounding rounding,
	int64_t *out) MUST_CHECK; /* -EDOM for b = 0 */
/* Keeps `digits` (0..9) fraction digits. */
int decimal_round(int64_t nano, int digits, enum rounding rounding, int64_t *out) MUST_CHECK;
