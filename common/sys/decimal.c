/* decimal.c - arithmetic of exact decimals: products in 128 bits, one rounding, then the range. */
#include "common/sys/decimal.h"

#include <errno.h>
#include <stdbool.h>

#include "common/sys/must.h"

static int narrow(__int128 wide, int64_t *out)
{
	if (wide > INT64_MAX || wide < -INT64_MAX)
		return -ERANGE;
	*out = (int64_t)wide;
	return 0;
}

/* dividend / divisor to a whole number; divisor is not 0. */
static __int128 divide(__int128 dividend, __int128 divisor, enum rounding rounding)
{
	bool negative = (dividend < 0) != (divisor < 0);
	__int128 top = dividend < 0 ? -dividend : dividend;
	__int128 bottom = divisor < 0 ? -divisor : divisor;
	__int128 whole = top / bottom;
	__int128 rest = top % bottom;

	switch (rounding) {
	case ROUND_DOWN:
		break;
	case ROUND_UP:
		whole += rest > 0;
		break;
	case ROUND_HALF_AWAY:
		whole += rest * 2 >= bottom;
		break;
	}
	return negative ? -whole : whole;
}

int decimal_mul(int64_t a, int64_t b, enum rounding rounding, int64_t *out)
{
	return narrow(divide((__int128)a * b, DECIMAL_ONE, rounding), out);
}

int decimal_div(int64_t a, int64_t b, enum rounding rounding, int64_t *out)
{
	if (b == 0)
		return -EDOM;
	return narrow(divide((__int128)a * DECIMAL_ONE, b, rounding), out);
}

int decimal_round(int64_t nano, int digits, enum rounding rounding, int64_t *out)
{
	int64_t unit = DECIMAL_ONE;

	must(digits >= 0 && digits <= 9);
	for (int i = 0; i < digits; i++)
		unit /= 10;
	return narrow(divide(nano, unit, rounding) * unit, out);
}
