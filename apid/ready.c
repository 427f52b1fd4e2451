/* ready.c - see ready.h. */
#include "apid/ready.h"

#include <stdio.h>

#include "apid/apid.h"
#include "apid/certs.h"
#include "apid/db.h"

bool ready_now(const struct apid *apid, char *missing, size_t size)
{
	bool database = db_ready(apid->db);
	bool certs = certs_now(apid->certs) != NULL;

	snprintf(missing, size, "%s%s%s", database ? "" : "database", database || certs ? "" : ", ",
		certs ? "" : "token certificates");
	if (database && certs && !daemon_common(apid->daemon)->trading_enabled)
		snprintf(missing, size, "but no yes is sent: TRADING_ENABLED is false");
	return database && certs;
}
