/*
 * test_mode.h - the row of QUESTION_PIPELINE_TEST_MODE, which ingestd, evald and tradectl have in common: market data
 * from a file, questions for broker account `test`, a broker inside tradectl, and no outside call at all.
 */
#pragma once

#include "common/sys/setting.h"

/* clang-format off */
/* type has a bool test_mode; help says what it means to that daemon. */
#define TEST_MODE_SETTING(type, help_text) \
	{.name = "QUESTION_PIPELINE_TEST_MODE", .kind = SETTING_BOOL, .offset = offsetof(struct type, test_mode), \
		.fallback = "false", .help = help_text}

/* clang-format on */
