/* settings.h - what evald reads from its environment beside what every daemon does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/trading/worker.h"

struct eval_settings {
	struct worker_settings worker; /* its interval is the sweep's */
	int64_t max_queued;	       /* open questions of a user, all pipelines */
	bool allow_unattended;
	bool test_mode;
};

extern const struct setting eval_setting_rows[];

/* The name of the switch that keeps questions from being asked; NULL when all three are on. */
const char *eval_settings_off(
	const struct eval_settings *settings, const struct daemon_settings *common);
