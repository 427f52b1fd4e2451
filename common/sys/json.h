/*
 * json.h - cJSON behind a strict scan.
 *
 * cJSON alone keeps numbers as doubles, takes the first of two equal keys (jsonb the last), cuts strings at
 * \u0000, accepts bad UTF-8 and trailing bytes. json_parse refuses all of that first (RFC 8259, I-JSON) and then
 * leaves the exact text of every number in its item's valuestring; money is read from there only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "common/sys/attr.h"
#include "common/sys/err.h"

enum json_fault_kind {
	JSON_FAULT_SYNTAX = 1, /* grammar, trailing bytes, byte order mark, control characters */
	JSON_FAULT_UTF8,       /* bytes, or half of a surrogate pair */
	JSON_FAULT_NUL,	       /* \u0000 */
	JSON_FAULT_DUPLICATE,  /* a key twice in one object, compared after unescaping */
	JSON_FAULT_DEPTH,
	JSON_FAULT_SIZE, /* more than JSON_MAX_NODES values, or a number longer than JSON_MAX_NUMBER */
};

enum {
	JSON_MAX_DEPTH = 16,	/* [[...]] sixteen deep is the last that passes */
	JSON_MAX_NODES = 65536, /* values in one document: a broker's list of 500 orders fits */
	JSON_MAX_NUMBER = 63,	/* characters; cJSON's own limit */
	JSON_POINTER = 512,
};

struct json_fault {
	enum json_fault_kind kind;
	size_t offset;		    /* byte where it was seen */
	char pointer[JSON_POINTER]; /* RFC 6901, cut when longer; "" is the document */
	char text[160];		    /* a sentence for the person */
};

/* 0 and a document that the caller frees with json_free; or -EINVAL and *fault (may be NULL). text needs no NUL. */
int json_parse(
	const char *text, size_t length, cJSON **document_out, struct json_fault *fault) MUST_CHECK;
/* The same for a document that is one list: `of` what, for the sentence in err. -EINVAL also when it is none. */
int json_parse_list(const char *text, size_t length, const char *of, cJSON **list_out,
	struct err *err) MUST_CHECK;
void json_free(cJSON **document);

/* Exact-case member, or NULL; also NULL when object is no object. */
const cJSON *json_member(const cJSON *object, const char *key);
/* The member's string, or NULL when it is absent or no string. */
const char *json_text(const cJSON *object, const char *key);
/* The exact text of a number: of a JSON number, or - where the sender writes decimals as strings, as Alpaca's
 * trading API does - of a string. NULL when absent, null or something else. */
const char *json_decimal(const cJSON *object, const char *key);

/* Has the number, written out without its exponent as jsonb and NUMERIC do, at most JSON_MAX_NUMBER characters? 1e131000 is
 * eight bytes here and 131 kB in Postgres, and nobody reads it back. text is a number as JSON writes them. */
bool json_number_fits(const char *text);

/* Adds `key` with the number written exactly as text says (never through a double). */
void json_add_number(cJSON *object, const char *key, const char *text);
void json_add_text(cJSON *object, const char *key, const char *text); /* NULL adds null */

/* Compact text with numbers exactly as they were read; the caller frees (alloc_free). */
char *json_print(const cJSON *document);
/* The same with keys in byte order at every level: the text that digests are made of. */
char *json_print_canonical(const cJSON *document);

/* Appends "/token" with ~ and / escaped (RFC 6901); cut silently at size. */
void json_pointer_push(char *pointer, size_t size, const char *token);
