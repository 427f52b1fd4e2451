/* settings.c - see settings.h. */
#include "evald/settings.h"

#include <stddef.h>

#define AT(field) .offset = offsetof(struct eval_settings, field)

/* clang-format off */
const struct setting eval_setting_rows[] = {
	{"TRADING_WORKER_EVAL_ENABLED", SETTING_BOOL, AT(eval_enabled), .fallback = "true",
		.help = "false: nothing is evaluated or asked; open questions still expire."},
	{"QUESTION_WORKER_ENABLED", SETTING_BOOL, AT(worker_enabled), .fallback = "true",
		.help = "Master switch of the work that ingestd and evald do at intervals."},
	{"QUESTION_WORKER_INTERVAL_SECONDS", SETTING_INT, AT(interval_sec), .fallback = "60", .min = 1, .max = 3600,
		.help = "Every rule is looked at again after this time, whether or not data came."},
	{"MAX_QUEUED_QUESTIONS", SETTING_INT, AT(max_queued), .fallback = "5", .min = 1, .max = 10000,
		.help = "Open questions that a user may have, of all pipelines; at this number evald asks nothing."},
	{"TRADING_ALLOW_UNATTENDED", SETTING_BOOL, AT(allow_unattended), .fallback = "false",
		.help = "Whether documents may waive the question before an order (paper only)."},
	{.name = NULL},
};

/* clang-format on */

bool eval_settings_ask(const struct eval_settings *settings, const struct daemon_settings *common)
{
	return common->trading_enabled && settings->worker_enabled && settings->eval_enabled;
}
