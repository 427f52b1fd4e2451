/*
 * token.h - one Firebase ID token against one set of keys (docs/api.md, "Tokens"). Pure: the caller brings the keys
 * and the time. RS256 only, the key only from the table, the signature before the claims, no library's defaults.
 */
#pragma once

#include "apid/token_keys.h"
#include "common/sys/attr.h"
#include "common/sys/clock.h"

enum {
	TOKEN_MAX = 8 * 1024,
	TOKEN_SUB_CHARS = 128,
	TOKEN_UID = 4 * TOKEN_SUB_CHARS + 1,
	TOKEN_SKEW_SEC = 60,
};

struct token {
	char uid[TOKEN_UID];
	struct wall expires, auth_time;
};

/*
 * 0 and *out; -ENOKEY when the kid is not in the table (the caller may fetch the table again); -EACCES for all else.
 * *why_out: a short static text for the debug log. No part of a token is ever in it.
 */
int token_verify(const char *text, const struct keyset *keyset, const char *project,
	struct wall now, struct token *out, const char **why_out) MUST_CHECK;
