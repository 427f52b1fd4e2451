/*
 * worker.h - the settings that ingestd and evald share, and which switch keeps one of them idle: something that is off
 * on purpose must say so wherever somebody looks, or it is searched for at night.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/sys/daemon.h"

struct worker_settings {
	bool stage_enabled; /* TRADING_WORKER_INGEST_ENABLED, TRADING_WORKER_EVAL_ENABLED */
	bool enabled;
	int64_t interval_sec;
};

/* clang-format off */
/* Rows of a table of settings; type has a struct worker_settings worker. stage: the name of the daemon's own switch. */
#define WORKER_SETTINGS(type, stage, stage_help, interval_help) \
	{stage, SETTING_BOOL, .offset = offsetof(struct type, worker.stage_enabled), .fallback = "true", .help = stage_help}, \
	{"QUESTION_WORKER_ENABLED", SETTING_BOOL, .offset = offsetof(struct type, worker.enabled), .fallback = "true", \
		.help = "Master switch of the work that ingestd and evald do at intervals."}, \
	{"QUESTION_WORKER_INTERVAL_SECONDS", SETTING_INT, .offset = offsetof(struct type, worker.interval_sec), .fallback = "60", \
		.min = 1, .max = 3600, .help = interval_help}

/* clang-format on */

/* The name of a setting that is false and so keeps this daemon idle; NULL when it is to work. */
const char *worker_off(const struct worker_settings *worker, const struct daemon_settings *common,
	const char *stage);
void worker_measure(const char *off, struct metrics *metrics);
