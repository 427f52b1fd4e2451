/* digest.c - see digest.h. */
#include "common/sys/digest.h"

#include <openssl/evp.h>

#include "common/sys/must.h"

void digest_sha256(const void *bytes, size_t length, char out[static DIGEST_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	must(EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL) == 1);
	must(size * 2 == DIGEST_TEXT - 1);
	for (unsigned i = 0; i < size; i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[2 * size] = '\0';
}

void digest_sha1(const void *bytes, size_t length, unsigned char out[static DIGEST_SHA1_BYTES])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	must(EVP_Digest(bytes, length, digest, &size, EVP_sha1(), NULL) == 1);
	must(size == DIGEST_SHA1_BYTES);
	for (unsigned i = 0; i < size; i++)
		out[i] = digest[i];
}
