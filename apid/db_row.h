/* db_row.h - a row of a result as the JSON object that the API promises: a table names each column and how it is told.
 * Money is told as a decimal string, an answer as a number with its exact digits. Pure. */
#pragma once

#include <stdbool.h>

#include <cjson/cJSON.h>
#include <libpq-fe.h>

#include "common/sys/clock.h"
#include "common/sys/uuid.h"

enum row_kind {
	ROW_TEXT,
	ROW_NUMBER,  /* NUMERIC or an integer, as a JSON number; null for what is none */
	ROW_DECIMAL, /* NUMERIC as a string without useless zeros */
	ROW_TIME,    /* RFC 3339 */
	ROW_BOOL,
	ROW_JSON, /* jsonb, numbers exact */
};

struct row_field {
	const char *name; /* of the column and of the member */
	enum row_kind kind;
};

/* fields end with name NULL. NULL columns become null. The caller frees. */
cJSON *row_object(const PGresult *result, int row, const struct row_field fields[]);
/* The same into an object that has other members already. */
void row_add(cJSON *object, const PGresult *result, int row, const struct row_field fields[]);
cJSON *row_array(const PGresult *result, const struct row_field fields[]);

int row_count(const PGresult *result);
/* NULL when the column is NULL or absent. */
const char *row_text(const PGresult *result, int row, const char *name);
bool row_uuid(const PGresult *result, int row, const char *name, struct uuid *out);
