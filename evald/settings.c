/* settings.c - see settings.h. */
#include "evald/settings.h"

#include <stddef.h>

#include "common/trading/test_mode.h"

#define AT(field) .offset = offsetof(struct eval_settings, field)

/* clang-format off */
const struct setting eval_setting_rows[] = {
	WORKER_SETTINGS(eval_settings, "TRADING_WORKER_EVAL_ENABLED",
		"false: nothing is evaluated or asked; open questions still expire.",
		"Every rule is looked at again after this time, whether or not data came."),
	{"MAX_QUEUED_QUESTIONS", SETTING_INT, AT(max_queued), .fallback = "5", .min = 1, .max = 10000,
		.help = "Open questions that a user may have, of all pipelines; at this number evald asks nothing."},
	{"TRADING_ALLOW_UNATTENDED", SETTING_BOOL, AT(allow_unattended), .fallback = "false",
		.help = "Whether documents may waive the question before an order (paper only)."},
	TEST_MODE_SETTING(eval_settings,
		"true: every question is about the broker account `test`, whose orders cost nothing; no live document is asked for."),
	{.name = NULL},
};

/* clang-format on */

const char *eval_settings_off(
	const struct eval_settings *settings, const struct daemon_settings *common)
{
	return worker_off(&settings->worker, common, "TRADING_WORKER_EVAL_ENABLED");
}
