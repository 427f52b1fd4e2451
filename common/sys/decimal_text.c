/* decimal_text.c - exact decimals read from and written as text. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/decimal.h"
#include "common/sys/must.h"

enum {
	FRACTION_DIGITS = 9,
	EXPONENT_MOST =
		100000, /* more than any text we take has digits: larger ones mean the same */
};

/* A number of JSON's grammar: the digits of whole and fraction stand in the text, exponent apart. */
struct number {
	const char *whole, *fraction;
	size_t whole_length, fraction_length;
	bool negative, has_exponent;
	long exponent;
};

static size_t digits_at(const char *text)
{
	size_t length = 0;

	while (isdigit((unsigned char)text[length]))
		length++;
	return length;
}

static int read_exponent(const char *text, struct number *number)
{
	bool negative = *text == '-';
	size_t length;

	if (*text == '-' || *text == '+')
		text++;
	length = digits_at(text);
	if (length == 0 || text[length] != '\0')
		return -EINVAL;
	for (size_t i = 0; i < length && number->exponent < EXPONENT_MOST; i++)
		number->exponent = number->exponent * 10 + (text[i] - '0');
	if (negative)
		number->exponent = -number->exponent;
	number->has_exponent = true;
	return 0;
}

static int read_number(const char *text, struct number *number)
{
	*number = (struct number){.negative = *text == '-'};
	if (number->negative)
		text++;
	number->whole = text;
	number->whole_length = digits_at(text);
	if (number->whole_length == 0 || (*text == '0' && number->whole_length > 1))
		return -EINVAL;
	text += number->whole_length;
	if (*text == '.') {
		number->fraction = ++text;
		number->fraction_length = digits_at(text);
		if (number->fraction_length == 0)
			return -EINVAL;
		text += number->fraction_length;
	}
	if (*text == 'e' || *text == 'E')
		return read_exponent(text + 1, number);
	return *text == '\0' ? 0 : -EINVAL;
}

static int digit(const struct number *number, size_t i)
{
	if (i < number->whole_length)
		return number->whole[i] - '0';
	return number->fraction[i - number->whole_length] - '0';
}

static int push(int64_t *nano, int next)
{
	if (__builtin_mul_overflow(*nano, 10, nano) || __builtin_add_overflow(*nano, next, nano))
		return -ERANGE;
	return 0;
}

/* What is beyond the ninth fraction digit: nothing but zeros, below a half, or a half and more. */
enum rest {
	REST_NONE,
	REST_BELOW_HALF,
	REST_HALF,
};

static int to_nano(const struct number *number, int64_t *nano_out, enum rest *rest_out)
{
	size_t length = number->whole_length + number->fraction_length;
	long keep = (long)number->whole_length + number->exponent + FRACTION_DIGITS;
	int64_t nano = 0;

	*rest_out = REST_NONE;
	for (size_t i = 0; i < length; i++) {
		int next = digit(number, i);

		if ((long)i < keep) {
			if (push(&nano, next) < 0)
				return -ERANGE;
		} else if ((long)i == keep && next >= 5) {
			*rest_out = REST_HALF;
		} else if (next > 0 && *rest_out == REST_NONE) {
			*rest_out = REST_BELOW_HALF;
		}
	}
	for (long i = (long)length; i < keep && nano != 0; i++) {
		if (push(&nano, 0) < 0)
			return -ERANGE;
	}
	*nano_out = nano;
	return 0;
}

int decimal_parse(const char *text, int64_t *nano_out)
{
	struct number number;
	enum rest rest;
	int64_t nano;

	if (read_number(text, &number) < 0 || number.has_exponent)
		return -EINVAL;
	if (to_nano(&number, &nano, &rest) < 0)
		return -ERANGE;
	if (rest != REST_NONE)
		return -EDOM;
	*nano_out = number.negative ? -nano : nano;
	return 0;
}

int decimal_parse_wire(const char *text, int64_t *nano_out)
{
	struct number number;
	enum rest rest;
	int64_t nano;

	if (read_number(text, &number) < 0)
		return -EINVAL;
	if (to_nano(&number, &nano, &rest) < 0)
		return -ERANGE;
	if (rest == REST_HALF && __builtin_add_overflow(nano, 1, &nano))
		return -ERANGE;
	*nano_out = number.negative ? -nano : nano;
	return 0;
}

void decimal_format(int64_t nano, char out[static DECIMAL_TEXT])
{
	size_t length;

	decimal_format_fixed(nano, FRACTION_DIGITS, out);
	length = strlen(out);
	while (out[length - 1] == '0')
		length--;
	if (out[length - 1] == '.')
		length--;
	out[length] = '\0';
}

void decimal_format_fixed(int64_t nano, int digits, char out[static DECIMAL_TEXT])
{
	uint64_t size = nano < 0 ? -(uint64_t)nano : (uint64_t)nano;
	uint64_t unit = 1, whole, fraction;
	const char *sign;

	must(digits >= 0 && digits <= FRACTION_DIGITS);
	for (int i = digits; i < FRACTION_DIGITS; i++)
		unit *= 10;
	size = (size + unit / 2) / unit * unit;
	whole = size / (uint64_t)DECIMAL_ONE;
	fraction = size % (uint64_t)DECIMAL_ONE / unit;
	sign = nano < 0 && size > 0 ? "-" : "";
	if (digits == 0)
		snprintf(out, DECIMAL_TEXT, "%s%" PRIu64, sign, whole);
	else
		snprintf(out, DECIMAL_TEXT, "%s%" PRIu64 ".%0*" PRIu64, sign, whole, digits,
			fraction);
}
