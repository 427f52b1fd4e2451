/* order_explain.h - an order told as a story: what was shown, what was answered, which limits were checked, what was
 * asked of the broker and what it said. From rows only; pure. */
#pragma once

#include <cjson/cJSON.h>

/* Adds question, answer, evidence, guardrails, request, broker_replies and
 * events to the order. question and events are given away; question may be JSON null (an adopted order has none). */
void order_explain(cJSON *order, cJSON *question, cJSON *events);
