/* settings.h - what evald reads from its environment beside what every daemon does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/sys/daemon.h"

struct eval_settings {
	bool eval_enabled;
	bool worker_enabled;
	int64_t interval_sec; /* of the sweep */
	int64_t max_queued;   /* open questions of a user, all pipelines */
	bool allow_unattended;
};

extern const struct setting eval_setting_rows[];

/* Whether questions are asked at all: all three switches. */
bool eval_settings_ask(const struct eval_settings *settings, const struct daemon_settings *common);
