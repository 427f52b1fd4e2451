/* render.c - placeholders to text; percents straight from the two prices, so that a half is a half. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/trading/render.h"

enum {
	NAME_TEXT = 32,
	VALUE_TEXT = 64,
};

/* abs(price/ref - 1) * 100 * scale, rounded half away from zero. */
static int64_t percent(struct price price, struct price ref, int scale)
{
	__int128 move = (__int128)price.nano - ref.nano;
	__int128 rounded;

	must(ref.nano > 0);
	if (move < 0)
		move = -move;
	rounded = (move * 100 * scale * 2 + ref.nano) / ((__int128)ref.nano * 2);
	return rounded > INT64_MAX ? INT64_MAX : (int64_t)rounded;
}

void render_pct(struct price price, struct price ref, char out[static DECIMAL_TEXT])
{
	int64_t tenths = percent(price, ref, 10);

	snprintf(out, DECIMAL_TEXT, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10);
}

void render_pct_signed(struct price price, struct price ref, char out[static DECIMAL_TEXT])
{
	int64_t cents = percent(price, ref, 100);
	const char *sign = price.nano < ref.nano ? "-" : "+";

	snprintf(out, DECIMAL_TEXT, "%s%" PRId64 ".%02" PRId64, cents ? sign : "", cents / 100,
		cents % 100);
}

void render_money(int64_t nano, char out[static DECIMAL_TEXT])
{
	if (nano % (DECIMAL_ONE / 100) == 0)
		decimal_format_fixed(nano, 2, out);
	else
		decimal_format(nano, out);
}

static void put_symbol(const struct render_values *values, char *out)
{
	snprintf(out, VALUE_TEXT, "%s", values->symbol);
}

static void put_price(const struct render_values *values, char *out)
{
	render_money(values->price.nano, out);
}

static void put_pct(const struct render_values *values, char *out)
{
	render_pct(values->price, values->ref, out);
}

static void put_pct_signed(const struct render_values *values, char *out)
{
	render_pct_signed(values->price, values->ref, out);
}

static void put_ref(const struct render_values *values, char *out)
{
	render_money(values->ref.nano, out);
}

static void put_threshold(const struct render_values *values, char *out)
{
	decimal_format(values->rule->threshold.nano, out);
}

static void put_side(const struct render_values *values, char *out)
{
	if (values->offer)
		snprintf(out, VALUE_TEXT, "%s", order_side_words[values->offer->side]);
}

static void put_notional(const struct render_values *values, char *out)
{
	if (values->offer)
		render_money(values->offer->cost.nano, out);
}

static void put_qty(const struct render_values *values, char *out)
{
	const struct offer *offer = values->offer;
	int64_t qty;

	if (!offer)
		return;

	qty = offer->qty.nano;
	if (!qty && decimal_div(offer->notional.nano, values->price.nano, ROUND_DOWN, &qty) < 0)
		return;

	decimal_format(qty, out);
}

/* To the second: a person reads this. */
static void put_wall(struct wall at, char *out)
{
	char text[WALL_TEXT];

	at.us -= at.us % 1000000;
	wall_format(at, text);
	snprintf(out, VALUE_TEXT, "%s", text);
}

static void put_asof(const struct render_values *values, char *out)
{
	put_wall(values->as_of, out);
}

static void put_expires(const struct render_values *values, char *out)
{
	put_wall(values->expires_at, out);
}

static void put_rule(const struct render_values *values, char *out)
{
	snprintf(out, VALUE_TEXT, "%s", values->rule->id);
}

struct placeholder {
	const char *name;
	enum placeholder_kind kind;
	void (*put)(
		const struct render_values *values, char *out); /* VALUE_TEXT bytes, "" before */
};

/* clang-format off */
static const struct placeholder placeholders[] = {
	{"symbol",           PLACEHOLDER_KNOWN,    put_symbol},
	{"price",            PLACEHOLDER_KNOWN,    put_price},
	{"pct",              PLACEHOLDER_KNOWN,    put_pct},
	{"pct_signed",       PLACEHOLDER_KNOWN,    put_pct_signed},
	{"ref",              PLACEHOLDER_KNOWN,    put_ref},
	{"threshold",        PLACEHOLDER_KNOWN,    put_threshold},
	{"side",             PLACEHOLDER_OF_ORDER, put_side},
	{"notional",         PLACEHOLDER_OF_ORDER, put_notional},
	{"qty",              PLACEHOLDER_OF_ORDER, put_qty},
	{"asof",             PLACEHOLDER_KNOWN,    put_asof},
	{"expires",          PLACEHOLDER_KNOWN,    put_expires},
	{"rule",             PLACEHOLDER_KNOWN,    put_rule},
	{"position_qty",     PLACEHOLDER_LATER,    NULL},
	{"position_pnl_pct", PLACEHOLDER_LATER,    NULL},
};

/* clang-format on */

static const struct placeholder *find(const char *name)
{
	size_t i;

	for (i = 0; i < LENGTH(placeholders); i++)
		if (strcmp(placeholders[i].name, name) == 0)
			return &placeholders[i];

	return NULL;
}

enum placeholder_kind render_kind(const char *name)
{
	const struct placeholder *placeholder = find(name);

	return placeholder ? placeholder->kind : PLACEHOLDER_UNKNOWN;
}

bool render_next(const char **text, char *name_out, size_t size)
{
	const char *start = strstr(*text, "{{");
	const char *end;
	size_t length;

	if (!start)
		return false;

	/* Without its end the braces stay in the name, which no placeholder has. */
	end = strstr(start, "}}");
	if (end)
		start += 2;
	length = end ? (size_t)(end - start) : strlen(start);
	*text = end ? end + 2 : start + length;
	while (length && *start == ' ') {
		start++;
		length--;
	}
	while (length && start[length - 1] == ' ')
		length--;
	if (length >= size)
		length = size - 1;
	memcpy(name_out, start, length);
	name_out[length] = '\0';
	return true;
}

/* A growing text. */
struct text {
	char *bytes;
	size_t length;
};

static void append(struct text *text, const char *bytes, size_t length)
{
	text->bytes = alloc_grow(text->bytes, text->length + length + 1, 1);
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

char *render_question(const struct render_values *values)
{
	const char *rest = values->rule->question_template;
	const struct placeholder *placeholder;
	char name[NAME_TEXT], value[VALUE_TEXT];
	const char *from = rest;
	struct text text = {0};

	while (render_next(&rest, name, sizeof(name))) {
		const char *open = strstr(from, "{{");

		append(&text, from, (size_t)(open - from));
		placeholder = find(name);
		value[0] = '\0';
		if (placeholder && placeholder->put) {
			placeholder->put(values, value);
			append(&text, value, strlen(value));
		} else {
			append(&text, open, (size_t)(rest - open));
		}
		from = rest;
	}
	append(&text, from, strlen(from));
	return text.bytes;
}
