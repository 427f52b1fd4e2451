/* print.c - one daemon's statements, one a line, as test/sql/prepare-all reads them. Built once a daemon: STATEMENTS is
 * its exported array, ROLE its role in the database. */
#include <stdio.h>

#include "common/sys/pg.h"

extern const struct pg_stmt *const STATEMENTS[];

int main(void)
{
	for (const struct pg_stmt *const *stmt = STATEMENTS; *stmt != NULL; stmt++)
		printf("%s\t%d\t%s\t%s\n", (*stmt)->name, (*stmt)->nparams, (*stmt)->sql, ROLE);
	return 0;
}
