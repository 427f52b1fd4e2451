/*
 * failpoint.h - named places at which a test build (make BUILD=fp) breaks on demand. In every other build they are
 * nothing: no code and no name.
 *
 *   if (FAILPOINT("T06.fencing")) return stop(order, why);   the caller's own error path, taken when `fail` is armed
 *   FAILPOINT_ON("T03.claiming", "pg.sent", "claim");        at file scope: a place inside common/sys, by whose it is
 *   if (FAILPOINT_EVENT("pg.sent", stmt->name)) ...          in common/sys: passes the places declared for that subject
 *
 * Armed by lines `NAME ACTION [pass=N] [ms=N]` in the file that HYBRIDHUB_FAILPOINTS_FILE names, which is read at each pass
 * (write it elsewhere and rename it). ACTION is kill (SIGKILL to itself), stop (SIGSTOP), fail, or sleep for `ms`. A line
 * is used up by its N-th pass (the first, if not told otherwise), and then `NAME ACTION PID` stands in FILE.hit, before the
 * action. So the file is the only state, also over a restart. `--failpoints` prints the list of a binary.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#ifdef HYBRIDHUB_FAILPOINTS

struct failpoint {
	const char *name;
	const char *event, *subject; /* of a place inside common/sys; else NULL */
};

/* Whether the caller takes its error path. */
bool failpoint_pass(const struct failpoint *point);
bool failpoint_event(const char *event, const char *subject);
/* Each name of this binary once, a line each. */
void failpoint_list(FILE *out);

/* Their size is their distance: the linker puts them one behind the other, so no more alignment than that. */
#define FAILPOINT_SECTION __attribute__((section("failpoints"), used, aligned(8)))
#define FAILPOINT(name_)                                                                           \
	__extension__({                                                                            \
		static const struct failpoint failpoint_ FAILPOINT_SECTION = {.name = (name_)};    \
		failpoint_pass(&failpoint_);                                                       \
	})
#define FAILPOINT_JOIN_(a, b) a##b
#define FAILPOINT_JOIN(a, b) FAILPOINT_JOIN_(a, b)
#define FAILPOINT_ON(name_, event_, subject_)                                                      \
	static const struct failpoint FAILPOINT_JOIN(failpoint_, __LINE__)                         \
		FAILPOINT_SECTION = {.name = (name_), .event = (event_), .subject = (subject_)}
#define FAILPOINT_EVENT(event, subject) failpoint_event((event), (subject))

#else

#define FAILPOINT(name) false
#define FAILPOINT_ON(name, event, subject) _Static_assert(1, "nothing in this build")
#define FAILPOINT_EVENT(event, subject) false

#endif
