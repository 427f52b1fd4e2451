/* utf8.h - one character of UTF-8 at a time, for whoever must not believe the bytes. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of the character that begins at bytes[0] (1..4), its code point in *code_out; 0 when there is none: a bad or
 * cut sequence, an overlong form, a surrogate, or beyond U+10FFFF (RFC 3629). length is at least 1.
 */
size_t utf8_read(const char *bytes, size_t length, uint32_t *code_out);

/* Writes a code point that is no surrogate and at most U+10FFFF; the count of bytes (1..4), no closing NUL. */
size_t utf8_write(uint32_t code, char out[static 4]);
