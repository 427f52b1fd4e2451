/* test_expiry.c - when a question expires, and the band of its answer. */
#include "common/trading/decision.h"
#include "test/unit/trading/scene.h"

struct expiry {
	const char *name, *now;
	int64_t ttl, buffer, undo;
	const char *expires; /* NULL: too late to ask */
};

/* clang-format off */
static const struct expiry expiries[] = {
	{"the ttl", "2026-11-25T15:00:00Z", 900, 300, 0, "2026-11-25T15:15:00Z"},
	{"the close less the buffer", "2026-11-25T20:50:00Z", 900, 300, 0, "2026-11-25T20:55:00Z"},
	{"and less the time to undo", "2026-11-25T20:50:00Z", 900, 300, 60, "2026-11-25T20:54:00Z"},
	{"30 seconds left", "2026-11-25T20:54:30Z", 900, 300, 0, "2026-11-25T20:55:00Z"},
	{"a microsecond less", "2026-11-25T20:54:30.000001Z", 900, 300, 0, NULL},
	{"after the buffer began", "2026-11-25T20:59:00Z", 900, 300, 0, NULL},
	{"no buffer", "2026-11-25T20:59:00Z", 900, 0, 0, "2026-11-25T21:00:00Z"},
	{"the shortest ttl", "2026-11-25T15:00:00Z", 30, 300, 0, "2026-11-25T15:00:30Z"},
	{"the half day's close", "2026-11-27T17:50:00Z", 900, 300, 0, "2026-11-27T17:55:00Z"},
	{"outside a session only the ttl", "2026-11-25T22:00:00Z", 900, 300, 0, "2026-11-25T22:15:00Z"},
};

/* clang-format on */

static void test_expiry(void **state)
{
	struct wall expires;
	struct scene scene;
	struct rule *rule;
	size_t i;

	(void)state;
	scene_set(&scene);
	rule = &scene.config->rules[0];
	for (i = 0; i < LENGTH(expiries); i++) {
		rule->tunables.question_ttl_seconds = expiries[i].ttl;
		rule->tunables.close_buffer_seconds = expiries[i].buffer;
		rule->tunables.undo_seconds = expiries[i].undo;
		want_i64(expiries[i].name,
			decision_expiry(rule, &scene.calendar, SESSION_REGULAR, at(expiries[i].now),
				&expires),
			expiries[i].expires != NULL);
		if (expiries[i].expires)
			want_i64(expiries[i].name, expires.us, at(expiries[i].expires).us);
	}
	rule->asset_class = ASSET_CRYPTO;
	want_true("crypto", decision_expiry(rule, &scene.calendar, SESSION_REGULAR,
				    at("2026-11-25T20:59:00Z"), &expires));
	scene_end(&scene);
}

static void test_band(void **state)
{
	/* clang-format off */
	static const struct {
		const char *answer;
		enum decision_band band;
	} answers[] = {
		{"10", BAND_APPROVE}, {"7", BAND_APPROVE}, {"6.999999999", BAND_AMBIGUOUS}, {"0", BAND_AMBIGUOUS},
		{"-6.999999999", BAND_AMBIGUOUS}, {"-7", BAND_SKIP}, {"-10", BAND_SKIP},
	};
	/* clang-format on */
	struct scene scene;
	size_t i;

	(void)state;
	scene_set(&scene);
	for (i = 0; i < LENGTH(answers); i++)
		want_i64(answers[i].answer,
			decision_band(&scene.config->rules[0].tunables,
				(struct qty){nano(answers[i].answer)}),
			answers[i].band);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_band),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
