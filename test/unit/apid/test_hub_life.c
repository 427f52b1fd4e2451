/* test_hub_life.c - when a socket is pinged and when it must end. */
#include "apid/hub_life.h"

#include "common/sys/attr.h"
#include "test/unit/unit.h"

static struct mono at(int64_t seconds)
{
	return (struct mono){seconds * 1000000};
}

/* All of a socket's times are 0 s, and its token ends at 1000 s. */
static void judges(void **state)
{
	static const struct {
		const char *name;
		enum hub_phase phase;
		int now, heard, pinged;
		size_t unsent;
		bool client_pings;
		enum hub_verdict verdict;
	} cases[] = {
		{"a handshake may take 15 s", HUB_SHAKING, 9, 0, 0, 0, false, HUB_GOES_ON},
		{"and no more", HUB_SHAKING, 15, 0, 0, 0, false, HUB_NO_HANDSHAKE},
		{"quiet", HUB_OPEN, 14, 0, 0, 0, false, HUB_GOES_ON},
		{"a ping every 15 s", HUB_OPEN, 15, 0, 0, 0, false, HUB_PING_DUE},
		{"one that pings and falls silent", HUB_OPEN, 30, 0, 29, 0, true, HUB_SILENT},
		{"one that never pinged", HUB_OPEN, 119, 0, 110, 0, false, HUB_GOES_ON},
		{"for two minutes", HUB_OPEN, 120, 0, 110, 0, false, HUB_SILENT},
		{"heard", HUB_OPEN, 119, 100, 110, 0, true, HUB_GOES_ON},
		{"the token's end", HUB_OPEN, 1000, 999, 999, 0, true, HUB_TOKEN_OVER},
		{"bytes wait", HUB_OPEN, 9, 0, 0, 5, false, HUB_GOES_ON},
		{"for 10 s", HUB_OPEN, 10, 0, 0, 5, false, HUB_STALLED},
		{"in every phase", HUB_CLOSING, 10, 0, 0, 5, false, HUB_STALLED},
		{"a farewell may take 5 s", HUB_CLOSING, 4, 0, 0, 0, false, HUB_GOES_ON},
		{"and no more", HUB_CLOSING, 5, 0, 0, 0, false, HUB_NO_FAREWELL},
		{"broken", HUB_BROKEN, 2000, 0, 0, 0, false, HUB_GOES_ON},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct hub_life life = {.heard_at = at(cases[i].heard),
			.pinged_at = at(cases[i].pinged),
			.expires_at = {INT64_C(1000000000)},
			.client_pings = cases[i].client_pings};

		want_i64(cases[i].name,
			hub_life_judge(&life, cases[i].phase, cases[i].unsent, at(cases[i].now),
				(struct wall){INT64_C(1000000) * cases[i].now}),
			cases[i].verdict);
	}
}

static void forgives_the_slow_that_move(void **state)
{
	struct hub_life life = {.expires_at = {INT64_MAX}};
	const struct wall wall = {0};

	(void)state;
	want_i64("begins", hub_life_judge(&life, HUB_SHAKING, 900, at(1), wall), HUB_GOES_ON);
	want_i64("moves", hub_life_judge(&life, HUB_SHAKING, 800, at(9), wall), HUB_GOES_ON);
	want_i64("stands", hub_life_judge(&life, HUB_SHAKING, 800, at(14), wall), HUB_GOES_ON);
	want_i64("for 10 s", hub_life_judge(&life, HUB_SHAKING, 800, at(19), wall), HUB_STALLED);
}

static void ends_with_its_token(void **state)
{
	const struct token who = {.expires = {INT64_C(100000000)}};

	(void)state;
	want_i64("at exp", hub_life_end(&who, (struct wall){INT64_C(99000000)}).us, 100000000);
	want_i64("accepted within the skew after it",
		hub_life_end(&who, (struct wall){INT64_C(100000000)}).us, 160000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges),
		cmocka_unit_test(forgives_the_slow_that_move),
		cmocka_unit_test(ends_with_its_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
