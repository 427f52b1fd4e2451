/* orders_told.c - see orders_told.h. */
#include "apid/orders_told.h"

#include <stddef.h>
#include <string.h>

#include "common/sys/attr.h"

/* clang-format off */
static const struct {
	const char *reason, *told;
} words[] = {
	{"DISABLED",
		"Trading is switched off in your configuration: a yes is not sent. Switch it on there."},
	{"HALTED",
		"Orders are stopped: a yes is not sent. Go on if it was you; otherwise ask the operator."},
	{"LIVE_NOT_ALLOWED",
		"Live trading is not opened for you: a yes is not sent. Ask the operator, or choose paper."},
	{"NOT_SERVED",
		"Nobody sends orders at the moment: a yes waits, and expires if that lasts. Ask the operator."},
	{"BROKER_AWAY",
		"The broker does not answer: a yes waits, and expires if that lasts. Nothing to do; it goes on by itself."},
	{"KEYS_REFUSED",
		"The broker refuses the keys of this server: a yes waits, and expires if that lasts. Ask the operator to mend them."},
	{"OTHER_ACCOUNT",
		"The keys of this server open another account at the broker: a yes waits, and expires if that lasts. Ask the operator to mend them."},
	{"RECONCILING",
		"Orders are being compared with the broker's first: a yes waits so long. Nothing to do; it takes seconds while the broker is there."},
	{"STATE_FOLDER",
		"The server cannot write down what it sends: a yes waits, and expires if that lasts. Ask the operator to look at its disk."},
	{"CLOCK_SKEW",
		"The clocks of the server, its database and the broker differ: a yes waits, and expires if that lasts. Ask the operator to mend them."},
	{"QUARANTINE",
		"The database went back in time, and nothing is sent for a while: a yes waits so long. Nothing to do; it ends by itself."},
	{"DATABASE",
		"The server that sends orders has lost its database: a yes waits, and expires if that lasts. It goes on by itself."},
	{"TRADING_ENABLED",
		"Trading is switched off on this server: a yes is not sent. Ask the operator."},
};

/* clang-format on */

const char *orders_told(const char *reason)
{
	if (!reason)
		return NULL;
	for (size_t i = 0; i < LENGTH(words); i++)
		if (strcmp(words[i].reason, reason) == 0)
			return words[i].told;
	return "Orders cannot be sent at the moment: a yes waits, and expires if that lasts. "
	       "Ask the operator.";
}
