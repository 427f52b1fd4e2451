/*
 * trouble.h - why this daemon sends nothing now: to itself (claim.c), in the words of /readyz, and for the database, which
 * tells operators (tradectl status) and people (apid). Reads what the other rooms know; changes nothing.
 */
#pragma once

struct tradectl;

enum {
	TROUBLE_TEXT = 400,
};

struct trouble {
	const char *code; /* as broker_account.trouble; NULL = all is well */
	char text[TROUBLE_TEXT];
};

/* The first thing that is in the way, whether or not the work session is up: who asks for a database that is away cannot be
 * told anyway. */
void trouble_find(const struct tradectl *t, struct trouble *out);

/* One sentence: what an operator does about it. */
const char *trouble_todo(const char *code);
