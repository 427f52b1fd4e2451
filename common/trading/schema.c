/* schema.c - see schema.h. SCHEMA_VERSION comes from the build: the number of the last file in sql/. */
#include "common/trading/schema.h"

#include <string.h>
#include <sysexits.h>

#include "common/sys/pgrow.h"

const struct pg_stmt schema_statement = {
	"schema_version", 0, "select version::bigint as version from schema_version"};

enum {
	DEADLINE_SEC = 5,
};

static const char UNDEFINED_TABLE[] = "42P01";

static void refuse(struct daemon *daemon, int64_t found)
{
	log_error(daemon_log(daemon), "schema.misfit",
		"the database's schema is not this release's: run sql/migrate up, or the other "
		"release",
		LOG_INT("found", found), LOG_INT("needed", SCHEMA_VERSION));
	daemon_fail(daemon, EX_UNAVAILABLE);
}

static void answered(void *owner, const struct pg_answer *answer)
{
	static const struct pg_column columns[] = {
		{.name = "version", .kind = PG_I64, .flags = PG_NULL_OK}, {.name = NULL}};
	int64_t found = 0;
	struct err err;

	if (answer->outcome != PG_DONE) {
		if (strcmp(answer->sqlstate, UNDEFINED_TABLE) == 0)
			refuse(owner, 0);
		return;
	}
	if (pg_row_read(answer->results[0], 0, columns, &found, &err) < 0 ||
		found != SCHEMA_VERSION)
		refuse(owner, found);
}

void schema_require(struct daemon *daemon, struct pg *pg)
{
	pg_ask(pg, &schema_statement, NULL, span_sec(DEADLINE_SEC), answered, daemon);
}

int64_t schema_step(void)
{
	return SCHEMA_VERSION;
}
