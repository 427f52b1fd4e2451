/* digest.h - SHA-256 as 64 lower-case hex digits (OpenSSL). */
#pragma once

#include <stddef.h>

enum {
	DIGEST_TEXT = 65,
};

void digest_sha256(const void *bytes, size_t length, char out[static DIGEST_TEXT]);
