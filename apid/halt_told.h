/* halt_told.h - a person's own switch in words, and who else holds their orders. Pure. */
#pragma once

/* Levels are active, reducing or halted. held_scope is global, account or user, NULL where nobody else holds anything. */
struct halts {
	const char *account; /* paper, live or test */
	const char *own;     /* of the person's own switch */
	const char *held_scope, *held_level, *held_reason;
};

/* One or two sentences; the caller frees. */
char *halt_told(const struct halts *halts);
