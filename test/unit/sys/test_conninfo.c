/* test_conninfo.c - no password is shown, and all else is. */
#include "common/sys/conninfo.h"

#include "common/sys/alloc.h"
#include "common/sys/pg.h"
#include "test/unit/unit.h"

struct mask_case {
	const char *text, *shown;
};

/* clang-format off */
static const struct mask_case rows[] = {
	{"", ""},
	{"postgresql://hybridhub_evald@/hub?host=/run/postgresql", "postgresql://hybridhub_evald@/hub?host=/run/postgresql"},
	{"postgresql://me:s3cret@h/d", "postgresql://me:***@h/d"},
	{"postgres://me:s3c:ret@h1:1,h2:2/d?x=y", "postgres://me:***@h1:1,h2:2/d?x=y"},
	{"postgresql://me:@h/d", "postgresql://me:***@h/d"},
	{"postgresql://h:5432/d", "postgresql://h:5432/d"},
	{"postgresql://h:5432/d?user=a@b", "postgresql://h:5432/d?user=a@b"},
	{"postgresql://me@h/d?password=s3cret&sslmode=require", "postgresql://me@h/d?password=***&sslmode=require"},
	{"postgresql://me:one@h/d?sslpassword=two", "postgresql://me:***@h/d?sslpassword=***"},
	{"host=h password=s3cret dbname=d", "host=h password=*** dbname=d"},
	{"host=h password = 's3 \\' cret' dbname=d", "host=h password = *** dbname=d"},
	{"password='s3cret", "password=***"},
	{"password=", "password=***"},
	{"passfile=/p dbname=password", "passfile=/p dbname=password"},
	{"password=a password=b", "password=*** password=***"},
};

/* clang-format on */

static void masks(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		AUTO(alloc_free) char *shown = conninfo_mask(rows[i].text);

		want_str(rows[i].text, shown, rows[i].shown);
	}
	want_true("NULL", conninfo_mask(NULL) == NULL);
}

static void fits(void **state)
{
	(void)state;
	want_true("URL", pg_conninfo_fits("postgresql://me@h1:1,h2:2/d?sslmode=require"));
	want_true("words", pg_conninfo_fits("host=h user=me"));
	want_true("empty", pg_conninfo_fits(""));
	want_true("no word of libpq", !pg_conninfo_fits("hast=h"));
	want_true("no pair", !pg_conninfo_fits("mysql://h/d"));
	want_true("bad escape", !pg_conninfo_fits("postgresql://h/%zz"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks),
		cmocka_unit_test(fits),
	};

	return cmocka_run_group_tests_name("conninfo", tests, NULL, NULL);
}
