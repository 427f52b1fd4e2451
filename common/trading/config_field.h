/*
 * config_field.h - the fields of a document as one table: name, type, range, default, what of it is built. It drives
 * the structure check and the reading; a field is added here and nowhere else.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/sys/json.h"

enum field_kind {
	FIELD_BOOL,
	FIELD_INT,     /* a whole number in min..max */
	FIELD_DECIMAL, /* min..max, at most nine fraction digits */
	FIELD_TEXT,
	FIELD_ID,    /* ^[a-z][a-z0-9_]{0,39}$ */
	FIELD_WORD,  /* one of words */
	FIELD_WORDS, /* a list of different words */
	FIELD_SYMBOL,
	FIELD_SYMBOLS, /* min..max different ones */
	FIELD_OBJECT,  /* of members */
	FIELD_OBJECTS, /* at most max objects of members, each with an id of its own */
	FIELD_ANY,     /* only with FIELD_LATER */
};

enum {
	FIELD_REQUIRED = 1, /* in the merged document */
	FIELD_LATER =
		2, /* of the rule language, not built: refused by name (an empty list asks for nothing) */
	FIELD_ONLY = 4,	    /* of its range only the value `only` is built */
	FIELD_OPEN_MIN = 8, /* min, or max, is itself outside */
	FIELD_OPEN_MAX = 16,
	FIELD_OF_TYPE =
		32, /* with FIELD_REQUIRED: only where the rule's type is one that is built */
};

/* Which of two values of a guardrail is the stricter. */
enum field_stricter {
	STRICTER_UNSAID,
	STRICTER_SMALLER,
	STRICTER_LARGER,
	STRICTER_TRUE,
	STRICTER_FALSE,
};

struct field_set;

struct field {
	const char *name;
	enum field_kind kind;
	int64_t min, max; /* whole units */
	unsigned flags;
	int64_t only;
	const char *fallback;		 /* default as text; NULL = none */
	const char *const *words;	 /* what is built */
	const char *const *later;	 /* of the rule language that are not, NULL = none */
	const struct field_set *members; /* of an object, or of each object of a list */
	enum field_stricter stricter;
	size_t offset; /* in struct tunables */
};

/* Two tables, because a rule has its own fields and all tunables; each ends with name NULL, more may be NULL. */
struct field_set {
	const struct field *own;
	const struct field *more;
};

extern const struct field_set document_fields;
extern const struct field_set input_fields;
extern const struct field_set rule_fields;
extern const struct field_set action_fields;
extern const struct field guardrail_fields[];
extern const struct field tunable_fields[];

/* Words for more than one place: of the rule language, not built. */
extern const char *const rule_type_later_words[];

/* NULL for a name that is none of the set's. */
const struct field *field_find(const struct field_set *set, const char *name);
/* The nearest known name, or NULL when none is near. */
const char *field_nearest(const struct field_set *set, const char *name);

/* A JSON number's exact value; 0, -EINVAL (no number), -EDOM (exponent, or a tenth fraction digit), -ERANGE. */
int field_number(const cJSON *item, int64_t *nano_out) MUST_CHECK;
