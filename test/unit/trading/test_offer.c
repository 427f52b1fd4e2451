/* test_offer.c - a rule's order at the price asked: every rounding, every refusal. */
#include <errno.h>

#include "common/trading/offer.h"
#include "test/unit/trading/data.h"

struct limit {
	const char *asked, *offset;
	enum order_side side;
	const char *price; /* NULL: none */
};

/* By hand: asked x (100 + offset) / 100, then cut to the tick, a buy down and a sell up. */
/* clang-format off */
static const struct limit limits[] = {
	{"492", "0", SIDE_BUY, "492"},
	{"492", "-0.5", SIDE_BUY, "489.54"},      /* 489.54 exactly */
	{"492", "-0.5", SIDE_SELL, "489.54"},
	{"492.01", "-0.5", SIDE_BUY, "489.54"},   /* 489.54995 */
	{"492.01", "-0.5", SIDE_SELL, "489.55"},
	{"492.01", "0.000000001", SIDE_BUY, "492.01"},
	{"492.01", "0.000000001", SIDE_SELL, "492.02"},
	{"492.019999999", "0", SIDE_BUY, "492.01"},
	{"492.010000001", "0", SIDE_SELL, "492.02"},
	{"1", "0", SIDE_BUY, "1"},
	{"1", "-0.001", SIDE_BUY, "0.9999"},      /* 0.99999: below a dollar, four decimals */
	{"1", "-0.001", SIDE_SELL, "1"},
	{"1", "0.5", SIDE_BUY, "1"},              /* 1.005: from a dollar on, two */
	{"1", "0.5", SIDE_SELL, "1.01"},
	{"0.98765", "0", SIDE_BUY, "0.9876"},
	{"0.98765", "0", SIDE_SELL, "0.9877"},
	{"0.5", "99", SIDE_BUY, "0.995"},
	{"0.5", "100", SIDE_BUY, "1"},
	{"0.00009", "0", SIDE_SELL, "0.0001"},
	{"0.00009", "0", SIDE_BUY, NULL},         /* nothing is left */
	{"492", "-100", SIDE_SELL, NULL},
	{"9000000000", "100", SIDE_SELL, NULL},   /* does not fit */
	{"9000000000", "0", SIDE_SELL, "9000000000"},
};

/* clang-format on */

static void test_limits(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(limits); i++) {
		const struct limit *at = &limits[i];
		AUTO(alloc_free)
		char *name =
			alloc_print("%s %s %s", order_side_words[at->side], at->asked, at->offset);
		struct price price = {7};
		int r = offer_limit(
			usd(at->asked), (struct pct){nano(at->offset)}, at->side, &price);

		want_i64(name, r, at->price ? 0 : -ERANGE);
		want_i64(name, price.nano, at->price ? nano(at->price) : 7);
		if (r == 0)
			want_true(name, offer_price_fits(price));
	}
}

struct size {
	const char *name;
	struct rule rule;
	const char *asked, *held, *free;
	enum reason reason;
	const char *qty, *limit, *cost; /* NULL: not there */
};

#define SPY .asset_class = ASSET_US_EQUITY
#define BTC .asset_class = ASSET_CRYPTO

static void test_sizes(void **state)
{
	/* clang-format off */
	const struct size sizes[] = {
		{"ten dollars", {SPY, .order = {.notional = {nano("10")}}}, "492", "0", "0", REASON_NONE, NULL, NULL, "10"},
		{"three shares", {SPY, .order = {.qty = {nano("3")}}}, "492.005", "0", "0", REASON_NONE, "3", NULL, "1476.02"},
		{"nine decimals", {SPY, .order = {.qty = {nano("0.333333333")}}}, "492", "0", "0", REASON_NONE, "0.333333333", NULL, "164"},
		{"part of a share below a dollar", {SPY, .order = {.qty = {nano("0.002")}}}, "492", "0", "0", REASON_SIZE_TOO_SMALL, NULL, NULL, NULL},
		{"a whole share below a dollar", {SPY, .order = {.qty = {nano("1")}}}, "0.98", "0", "0", REASON_NONE, "1", NULL, "0.98"},
		{"a coin's part below ten dollars", {BTC, .order = {.qty = {nano("0.00019999")}}}, "50000", "0", "0", REASON_SIZE_TOO_SMALL, NULL, NULL, NULL},
		{"and at ten", {BTC, .order = {.qty = {nano("0.0002")}}}, "50000", "0", "0", REASON_NONE, "0.0002", NULL, "10"},
		{"beyond counting", {SPY, .order = {.qty = {nano("1000000000")}}}, "492", "0", "0", REASON_MAX_NOTIONAL_USD_PER_ORDER, NULL, NULL, NULL},
		{"a limit costs at its own price", {SPY, .order = {.type = ORDER_TYPE_LIMIT, .qty = {nano("2")}, .limit_price = usd("480.5")}}, "492", "0", "0", REASON_NONE, "2", "480.5", "961"},
		{"a limit off the price", {SPY, .order = {.type = ORDER_TYPE_LIMIT, .qty = {nano("2")}, .limit_offset = {nano("-0.5")}}}, "492.01", "0", "0", REASON_NONE, "2", "489.54", "979.08"},
		{"a limit of nothing", {SPY, .order = {.type = ORDER_TYPE_LIMIT, .qty = {nano("2")}}}, "0.00001", "0", "0", REASON_SIZE_TOO_SMALL, NULL, NULL, NULL},
		{"half of it", {SPY, .order = {.side = SIDE_SELL, .pct_of_position = {nano("50")}}}, "492", "0.057436865", "0.057436865", REASON_NONE, "0.028718432", NULL, "14.13"},
		{"a third of it, floored", {SPY, .order = {.side = SIDE_SELL, .pct_of_position = {nano("33.333333333")}}}, "492", "1", "1", REASON_NONE, "0.333333333", NULL, "164"},
		{"all of it, to the last decimal", {SPY, .order = {.side = SIDE_SELL, .pct_of_position = {nano("100")}}}, "492", "0.057436865", "0.057436865", REASON_NONE, "0.057436865", NULL, "28.26"},
		{"never more than is free", {SPY, .order = {.side = SIDE_SELL, .pct_of_position = {nano("50")}}}, "492", "1", "0.3", REASON_NONE, "0.3", NULL, "147.6"},
		{"nothing is free", {SPY, .order = {.side = SIDE_SELL, .pct_of_position = {nano("50")}}}, "492", "1", "0", REASON_SIZE_TOO_SMALL, NULL, NULL, NULL},
		{"nothing is held", {SPY, .order = {.side = SIDE_SELL, .pct_of_position = {nano("100")}}}, "492", "0", "0", REASON_SIZE_TOO_SMALL, NULL, NULL, NULL},
		{"until canceled, whole shares", {SPY, .order = {.side = SIDE_SELL, .time_in_force = TIF_GTC, .pct_of_position = {nano("50")}}}, "492", "5.9", "5.9", REASON_NONE, "2", NULL, "984"},
		{"until canceled, less than one", {SPY, .order = {.side = SIDE_SELL, .time_in_force = TIF_GTC, .pct_of_position = {nano("50")}}}, "492", "1.9", "1.9", REASON_SIZE_TOO_SMALL, NULL, NULL, NULL},
		{"a sale of what is free", {SPY, .order = {.side = SIDE_SELL, .qty = {nano("1")}}}, "492", "1", "1", REASON_NONE, "1", NULL, "492"},
		{"a sale of a hair more", {SPY, .order = {.side = SIDE_SELL, .qty = {nano("1")}}}, "492", "2", "0.999999999", REASON_SIZE_TOO_SMALL, NULL, NULL, NULL},
		{"a sale in dollars", {SPY, .order = {.side = SIDE_SELL, .notional = {nano("10")}}}, "500", "0.02", "0.02", REASON_NONE, NULL, NULL, "10"},
		{"a cent more than is free", {SPY, .order = {.side = SIDE_SELL, .notional = {nano("10.01")}}}, "500", "0.02", "0.02", REASON_SIZE_TOO_SMALL, NULL, NULL, NULL},
	};

	/* clang-format on */
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(sizes); i++) {
		const struct size *at = &sizes[i];
		const struct holding holding = {{nano(at->held)}, {nano(at->free)}};
		struct offer offer = {0};
		enum reason reason = offer_make(&at->rule, usd(at->asked), &holding, &offer);

		want_str(at->name, reason_name(reason), reason_name(at->reason));
		want_i64(at->name, offer.qty.nano, at->qty ? nano(at->qty) : 0);
		want_i64(at->name, offer.limit_price.nano, at->limit ? nano(at->limit) : 0);
		want_i64(at->name, offer.cost.nano, at->cost ? nano(at->cost) : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests_name("trading/offer", tests, NULL, NULL);
}
