/* test_sqlstate.c - which refusals pass by themselves. */
#include "common/sys/sqlstate.h"

#include "common/sys/attr.h"
#include "test/unit/unit.h"

static void tells_passing_from_final(void **state)
{
	static const struct {
		const char *sqlstate;
		bool passes;
	} cases[] = {
		{"", true},
		{"08006", true},
		{"25006", true},
		{"40001", true},
		{"40P01", true},
		{"53100", true},
		{"53300", true},
		{"55P03", true},
		{"57014", true},
		{"57P01", true},
		{"22P02", false},
		{"23505", false},
		{"25001", false},
		{"25P02", false},
		{"40002", false},
		{"42501", false},
		{"42P01", false},
		{"55000", false},
		{"P0001", false},
		{"XX000", false},
	};

	(void)state;
	want_true("none at all", sqlstate_passes(NULL));
	for (size_t i = 0; i < LENGTH(cases); i++)
		want_i64(cases[i].sqlstate, sqlstate_passes(cases[i].sqlstate), cases[i].passes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_passing_from_final),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
