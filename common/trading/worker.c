/* worker.c - see worker.h. */
#include "common/trading/worker.h"

#include <stddef.h>

const char *worker_off(const struct worker_settings *worker, const struct daemon_settings *common,
	const char *stage)
{
	if (!common->trading_enabled)
		return "TRADING_ENABLED";
	if (!worker->enabled)
		return "QUESTION_WORKER_ENABLED";
	return worker->stage_enabled ? NULL : stage;
}

void worker_measure(const char *off, struct metrics *metrics)
{
	metric_set(metrics, "switched_on", NULL, "0 while a setting keeps this daemon idle.",
		off == NULL);
}
