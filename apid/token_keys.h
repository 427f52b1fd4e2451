/* token_keys.h - the public keys that sign Firebase's ID tokens, by kid. Immutable once parsed. Pure. */
#pragma once

#include <stddef.h>

#include <openssl/evp.h>

#include "common/sys/attr.h"
#include "common/sys/clock.h"
#include "common/sys/err.h"

enum {
	KEYSET_MAX_KEYS = 8,
	KEYSET_MAX_BODY = 64 * 1024,
	KEYSET_MIN_BITS = 2048,
};

struct keyset_key {
	char *kid;
	EVP_PKEY *public_key;
	struct wall not_after;
};

struct keyset {
	size_t count;
	struct keyset_key keys[KEYSET_MAX_KEYS];
};

/* Google's document {"<kid>": "<PEM certificate>", ...}. The chain is not checked: the certificates are self-signed
 * and TLS to Google is what we trust. One bad entry refuses the whole document: -EINVAL. */
int keyset_parse(
	const char *body, size_t length, struct keyset **keyset_out, struct err *err) MUST_CHECK;
void keyset_free(struct keyset **keyset);
const struct keyset_key *keyset_find(const struct keyset *keyset, const char *kid);

/* How long the document may be kept: max-age of Cache-Control less Age, 5 minutes to 24 hours, an hour by default.
 * Both may be NULL. */
struct span keyset_lifetime(const char *cache_control, const char *age);
