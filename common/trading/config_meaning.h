/*
 * config_meaning.h - what a merged document's values mean together. Each check reads what is well-formed and keeps
 * silent about the rest, which the structure check has named already.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/json.h"
#include "common/trading/config_structure.h"

void meaning_check_inputs(struct checked *at, const cJSON *merged);
void meaning_check_rules(
	struct checked *at, const cJSON *merged, const struct guardrails *guardrails);
/* on_answer_match, with the pointer at it; asset_class < 0 when the symbol told none. */
void meaning_check_action(struct checked *at, const cJSON *action, int asset_class,
	const struct guardrails *guardrails);
/* Guardrails of override and template: unattended orders, looser than the template. */
void meaning_check_policy(
	struct checked *at, const struct config_question *question, const cJSON *merged);

/* Readings that forgive; shared by the checks. */
/* The word's value, `absent` without the member, -1 for anything else. */
int meaning_word(const cJSON *object, const char *key, const char *const words[], int absent);
/* A member that is an exact number. */
bool meaning_number(const cJSON *object, const char *key, int64_t *nano_out);
/* Bits of enum market_metric; all of them where the list is malformed. */
unsigned meaning_metrics(const cJSON *input);
bool meaning_input_has(const cJSON *input, const char *symbol);
