/* halt_told.c - see halt_told.h. */
#include "apid/halt_told.h"

#include <stdbool.h>
#include <string.h>

#include "common/sys/alloc.h"

static const char *own_words(const struct halts *halts)
{
	if (strcmp(halts->own, "halted") == 0)
		return "You have stopped your orders: none is sent until you go on. What the "
		       "broker has already stands until it is canceled.";
	if (strcmp(halts->own, "reducing") == 0)
		return "Your own switch is on reducing: only orders that sell what you hold are "
		       "sent until you go on.";
	return halts->held_scope ? "Your own switch is on." : "No switch holds your orders.";
}

static char *held_words(const struct halts *halts)
{
	bool halted = strcmp(halts->held_level, "halted") == 0;
	const char *sent =
		halted ? "no order is sent" : "only orders that sell what you hold are sent";
	const char *reason = halts->held_reason ? halts->held_reason : "no reason given";

	if (strcmp(halts->held_scope, "global") == 0)
		return alloc_print("But trading is held for everybody, and %s: %s.", sent, reason);
	if (strcmp(halts->held_scope, "account") == 0)
		return alloc_print(
			"But the %s account is held, and %s: %s.", halts->account, sent, reason);
	return alloc_print("But your trading is held, and %s: %s.", sent, reason);
}

char *halt_told(const struct halts *halts)
{
	AUTO(alloc_free) char *held = NULL;

	if (!halts->held_scope)
		return alloc_text(own_words(halts));
	held = held_words(halts);
	return alloc_print("%s %s Only the operator lifts that.", own_words(halts), held);
}
