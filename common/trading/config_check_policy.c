/* config_check_policy.c - meaning of guardrails where template and document meet. */
#include <string.h>

#include "common/trading/config_meaning.h"

/* Is what the user asks for looser than what the template holds? Then the template's value stays in force. */
static bool looser(const struct field *field, const cJSON *own, const cJSON *held)
{
	int64_t a, b;

	switch (field->stricter) {
	case STRICTER_UNSAID:
		return false;
	case STRICTER_SMALLER:
		return field_number(own, &a) == 0 && field_number(held, &b) == 0 && a > b;
	case STRICTER_LARGER:
		return field_number(own, &a) == 0 && field_number(held, &b) == 0 && a < b;
	case STRICTER_TRUE:
		return cJSON_IsFalse(own) && cJSON_IsTrue(held);
	case STRICTER_FALSE:
		return cJSON_IsTrue(own) && cJSON_IsFalse(held);
	}
	return false;
}

static void check_looser(struct checked *at, const cJSON *own, const cJSON *held)
{
	const struct field *field;

	for (field = guardrail_fields; field->name; field++)
		if (looser(field, json_member(own, field->name), json_member(held, field->name)))
			checked_add(at, CONFIG_W_LOOSER_THAN_TEMPLATE, field->name,
				"the template's stricter %s stays in force", field->name);
}

/* Unattended is what both together leave: true on either side wins. */
static void check_unattended(struct checked *at, const struct config_question *question,
	const cJSON *merged, const cJSON *own, const cJSON *held)
{
	const char *name = "require_question_before_order";
	const cJSON *a = json_member(own, name);
	const cJSON *b = json_member(held, name);

	if (cJSON_IsTrue(a) || cJSON_IsTrue(b) || (!cJSON_IsFalse(a) && !cJSON_IsFalse(b)))
		return;

	if (meaning_word(merged, "mode", trading_mode_words, MODE_PAPER) == MODE_LIVE)
		checked_add(at, CONFIG_UNATTENDED_LIVE_FORBIDDEN, name,
			"a live order always needs a question");
	if (!question->allow_unattended)
		checked_add(at, CONFIG_UNATTENDED_NOT_ENABLED, name,
			"orders without a question are not enabled here");
	else
		checked_add(at, CONFIG_BAD_VALUE, name,
			"orders without a question are not available yet");
}

void meaning_check_policy(
	struct checked *at, const struct config_question *question, const cJSON *merged)
{
	const cJSON *own = json_member(question->override, "guardrails");
	const cJSON *held = json_member(question->template_config, "guardrails");
	size_t mark = checked_enter(at, "guardrails");

	check_looser(at, own, held);
	check_unattended(at, question, merged, own, held);
	checked_leave(at, mark);
}
