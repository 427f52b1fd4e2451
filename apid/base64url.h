/* base64url.h - RFC 4648 part 5 without padding, strictly: one text for one byte string. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/sys/attr.h"

/* Bytes that `length` characters decode to, at most. */
#define BASE64URL_BYTES(length) ((length) / 4 * 3 + 2)
/* Characters that `length` bytes encode to, with the closing NUL. */
#define BASE64URL_TEXT(length) (((length)*4 + 2) / 3 + 1)

/* 0, or -EINVAL: another alphabet, padding, white space, a length that cannot be, or unused bits that are not zero. */
int base64url_decode(const char *text, size_t length, uint8_t *out, size_t *length_out) MUST_CHECK;
/* Writes BASE64URL_TEXT(length) characters. */
void base64url_encode(const uint8_t *bytes, size_t length, char *out);
