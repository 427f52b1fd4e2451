/*
 * config_check.h - the validator of trading documents: every error at once, each with its code and JSON pointer.
 *
 * Structure is checked on the override, meaning on the merged document. Pointers lead into the override where it has
 * the place, else into the merged document.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sys/json.h"
#include "common/trading/config.h"
#include "common/trading/guardrail.h"
#include "common/trading/reason.h"

struct config_problem {
	enum config_code code;
	char *path; /* RFC 6901; "" is the document */
	char *message;
};

struct config_report {
	struct config_problem *errors;
	size_t nerrors;
	struct config_problem *warnings;
	size_t nwarnings;
};

/* All zero is an empty report. */
void config_report_done(struct config_report *report);
/* Files under errors or warnings by the code's kind. Also for callers with faults of their own (DUPLICATE_KEY). */
void config_report_add(struct config_report *report, enum config_code code, const char *path,
	const char *format, ...) PRINTF_LIKE(4, 5);

struct config_question {
	const cJSON *template_config; /* NULL: the user has no template */
	const cJSON *override;
	/* guardrails_in_force(uid, override); NULL leaves out ORDER_EXCEEDS_GUARDRAIL, HARD_CAP_EXCEEDED and
	 * W_SYMBOL_BLOCKED: the claim binds anyway. */
	const struct guardrails *guardrails;
	bool allow_unattended; /* TRADING_ALLOW_UNATTENDED */
};

/* true when the document has no error; warnings do not count. Adds to the report, which may hold problems already. */
bool config_check(const struct config_question *question, struct config_report *report);

/*
 * What a daemon does with book_configs(): parse, check, merge, read. template_text NULL = no template.
 * 0 and *out; -EINVAL and what is wrong in report (a fault of the JSON itself is one BAD_FORMAT at "").
 */
struct config_source {
	const char *template_text;
	const char *override_text;
	int64_t worker_interval_seconds;
	bool allow_unattended;
};

int config_load(const struct config_source *source, struct config **out,
	struct config_report *report) MUST_CHECK;
