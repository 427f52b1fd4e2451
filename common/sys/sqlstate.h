/* sqlstate.h - what a refusal's five letters mean for whoever was refused. Pure. */
#pragma once

#include <stdbool.h>

/* The server could not do it now and may do it a moment later: a lock, a deadlock, a serialization failure, a time limit,
 * no room, a standby, a server that stops, a lost connection; also no code at all. Everything else judges the statement
 * itself: sending it again changes nothing. NULL counts as "". */
bool sqlstate_passes(const char *sqlstate);
