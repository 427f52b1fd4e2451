/*
 * config_structure.h - does a document keep to the table of fields? And the context that all checks share.
 */
#pragma once

#include "common/sys/json.h"
#include "common/trading/config_check.h"
#include "common/trading/config_field.h"

/* One place in a document under a report: `pointer` is pushed and cut as the checks go down and up. */
struct checked {
	struct config_report *report;
	char pointer[JSON_POINTER];
};

/* Goes one step down and gives what checked_leave takes back up. */
size_t checked_enter(struct checked *at, const char *token);
size_t checked_enter_item(struct checked *at, size_t index);
void checked_leave(struct checked *at, size_t mark);
/* An error or warning here, or one step further down (token not NULL). */
void checked_add(struct checked *at, enum config_code code, const char *token, const char *format,
	...) PRINTF_LIKE(4, 5);

/* Types, ranges, spellings and unknown names of an override or a template. null is let through (it deletes), but not
 * for `guardrails` or inside it. */
void structure_check(struct checked *at, const cJSON *document);
/* No list of the document's own is longer than the table allows: only then its items are worth a look at their meaning. */
bool structure_is_short(const cJSON *document);
/* MISSING_FIELD and lists that grew too long by merging, in a merged document. */
void structure_check_whole(struct checked *at, const cJSON *merged);
