/* sqlstate.c - see sqlstate.h. */
#include "common/sys/sqlstate.h"

#include <string.h>

#include "common/sys/attr.h"

bool sqlstate_passes(const char *sqlstate)
{
	/* clang-format off */
	static const char *const passing[] = {
		"08",    /* connection */
		"25006", /* read only: a standby, or a primary that has become one */
		"40001", /* serialization */
		"40P01", /* deadlock */
		"53",    /* no room, memory or session */
		"55P03", /* lock_timeout */
		"57014", /* statement_timeout */
		"57P",   /* the server stops or starts */
	};
	/* clang-format on */

	if (sqlstate == NULL || *sqlstate == '\0')
		return true;
	for (size_t i = 0; i < LENGTH(passing); i++)
		if (strncmp(sqlstate, passing[i], strlen(passing[i])) == 0)
			return true;
	return false;
}
