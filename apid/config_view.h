/* config_view.h - a configuration as it is shown and judged: {version, enabled, override, effective, warnings}. Pure
 * but for reading results of a query. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "apid/db_row.h"
#include "apid/problem.h"

/* What is stored, as config_own() and guardrails_in_force() told it. All zero is nobody's. */
struct config_view {
	char version[24];	/* "0" before the first PUT */
	bool enabled;		/* user_trading_config.enabled */
	cJSON *template_config; /* NULL: no template */
	cJSON *override;
	cJSON *guardrails; /* in force, NULL when not told */
};

/* guardrails may be NULL. */
void config_view_read(struct config_view *view, const PGresult *own, const PGresult *guardrails);
void config_view_done(struct config_view *view);

/* The body of GET's 200; the caller frees. A stored document that no longer validates says why in its warnings. */
cJSON *config_view_body(const struct config_view *view, bool allow_unattended);

/* Is an override acceptable under the view's template and guardrails? false and a 422 with every error; with true
 * nothing is set. */
bool config_view_check(const struct config_view *view, const cJSON *override, bool allow_unattended,
	struct problem *problem);

/* Does If-Match name this version? Our ETag is "<version>" in quotes, and the bare number is taken for it; `*` names any;
 * NULL (absent) too. */
bool config_view_matches(const struct config_view *view, const char *if_match);
