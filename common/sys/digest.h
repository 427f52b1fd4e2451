/* digest.h - SHA-256 as 64 lower-case hex digits (OpenSSL). */
#pragma once

#include <stddef.h>

enum {
	DIGEST_TEXT = 65,
};

void digest_sha256(const void *bytes, size_t length, char out[static DIGEST_TEXT]);

enum {
	DIGEST_SHA1_BYTES = 20,
};

/* SHA-1, for RFC 6455's handshake only: it proves nothing. */
void digest_sha1(const void *bytes, size_t length, unsigned char out[static DIGEST_SHA1_BYTES]);
