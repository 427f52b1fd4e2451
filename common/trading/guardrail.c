/* guardrail.c - guardrails_in_force()'s answer, typed. */
#include <errno.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/trading/guardrail.h"

void guardrails_default(struct guardrails *guardrails)
{
	*guardrails = (struct guardrails){
		.max_orders_per_day = 3,
		.max_open_questions = 5,
		.max_questions_per_day = 20,
		.max_notional_per_order = {100 * DECIMAL_ONE},
		.max_notional_per_4h = {100 * DECIMAL_ONE},
	};
}

void guardrails_done(struct guardrails *guardrails)
{
	alloc_free(&guardrails->blocklist);
	alloc_free(&guardrails->allowlist);
	*guardrails = (struct guardrails){0};
}

/* Leaves *nano alone where the key is absent or null. */
static int read_decimal(const cJSON *object, const char *key, int64_t *nano, struct err *err)
{
	const cJSON *item = json_member(object, key);
	const char *text = json_decimal(object, key);

	if (!item || cJSON_IsNull(item))
		return 0;
	if (!text || decimal_parse(text, nano) < 0)
		return err_set(err, -EINVAL, "guardrails: %s is no decimal", key);

	return 0;
}

static int read_count(const cJSON *object, const char *key, int64_t *count, struct err *err)
{
	int64_t nano = *count * DECIMAL_ONE;
	int r;

	r = read_decimal(object, key, &nano, err);
	if (r < 0)
		return r;
	if (nano % DECIMAL_ONE || nano < 0)
		return err_set(err, -EINVAL, "guardrails: %s is no count", key);

	*count = nano / DECIMAL_ONE;
	return 0;
}

static int read_bool(const cJSON *object, const char *key, bool *out, struct err *err)
{
	const cJSON *item = json_member(object, key);

	if (!item || cJSON_IsNull(item))
		return 0;
	if (!cJSON_IsBool(item))
		return err_set(err, -EINVAL, "guardrails: %s is neither true nor false", key);

	*out = cJSON_IsTrue(item);
	return 0;
}

/* *has says whether the list is there at all. */
static int read_symbols(const cJSON *object, const char *key, struct symbol **symbols_out,
	size_t *count_out, bool *has, struct err *err)
{
	const cJSON *list = json_member(object, key);
	const cJSON *item;
	size_t count = 0;

	*has = list && !cJSON_IsNull(list);
	if (!*has)
		return 0;
	if (!cJSON_IsArray(list))
		return err_set(err, -EINVAL, "guardrails: %s is no list", key);

	*symbols_out = alloc_array((size_t)cJSON_GetArraySize(list) + 1, sizeof(**symbols_out));
	cJSON_ArrayForEach(item, list)
	{
		const char *text = cJSON_GetStringValue(item);

		if (!text || strlen(text) >= SYMBOL_TEXT)
			return err_set(err, -EINVAL, "guardrails: %s holds no symbol", key);

		memcpy((*symbols_out)[count++].text, text, strlen(text) + 1);
	}
	*count_out = count;
	return 0;
}

static int read_hard(const cJSON *hard, struct guardrails *into, struct err *err)
{
	int64_t order = INT64_MAX;
	int64_t window = INT64_MAX;
	int r;

	r = read_decimal(hard, "max_notional_usd_per_order", &order, err);
	if (r < 0)
		return r;
	r = read_decimal(hard, "max_notional_usd_per_4h", &window, err);
	if (r < 0)
		return r;

	into->hard_cap.nano = order < window ? order : window;
	into->has_hard_cap = into->hard_cap.nano != INT64_MAX;
	return read_bool(hard, "live_allowed", &into->live_allowed, err);
}

static int read_amounts(const cJSON *in_force, struct guardrails *into, struct err *err)
{
	int64_t window = into->max_notional_per_4h.nano;
	int64_t order;
	int r;

	r = read_decimal(in_force, "max_notional_usd_per_4h", &window, err);
	if (r < 0)
		return r;

	order = window;
	r = read_decimal(in_force, "max_notional_usd_per_order", &order, err);
	if (r < 0)
		return r;

	into->max_notional_per_4h.nano = window;
	into->max_notional_per_order.nano = order < window ? order : window;
	return 0;
}

static int read_all(const cJSON *in_force, struct guardrails *into, struct err *err)
{
	bool has_blocklist;
	int r;

	r = read_count(in_force, "max_orders_per_day", &into->max_orders_per_day, err);
	if (r < 0)
		return r;
	r = read_count(in_force, "max_open_questions", &into->max_open_questions, err);
	if (r < 0)
		return r;
	r = read_count(in_force, "max_questions_per_day", &into->max_questions_per_day, err);
	if (r < 0)
		return r;
	r = read_amounts(in_force, into, err);
	if (r < 0)
		return r;
	r = read_bool(in_force, "allow_extended_hours", &into->allow_extended_hours, err);
	if (r < 0)
		return r;
	r = read_symbols(in_force, "symbols_blocklist", &into->blocklist, &into->nblocklist,
		&has_blocklist, err);
	if (r < 0)
		return r;
	r = read_symbols(in_force, "symbols_allowlist", &into->allowlist, &into->nallowlist,
		&into->has_allowlist, err);
	if (r < 0)
		return r;

	return read_hard(json_member(in_force, "hard"), into, err);
}

int guardrails_read(const cJSON *in_force, struct guardrails *out, struct err *err)
{
	struct guardrails guardrails;
	int r;

	if (!cJSON_IsObject(in_force))
		return err_set(err, -EINVAL, "guardrails: no object");

	guardrails_default(&guardrails);
	r = read_all(in_force, &guardrails, err);
	if (r < 0) {
		guardrails_done(&guardrails);
		return r;
	}

	*out = guardrails;
	return 0;
}

static bool listed(const struct symbol *symbols, size_t count, const char *symbol)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(symbols[i].text, symbol) == 0)
			return true;

	return false;
}

bool guardrails_block(const struct guardrails *guardrails, const char *symbol)
{
	return listed(guardrails->blocklist, guardrails->nblocklist, symbol);
}

bool guardrails_allow(const struct guardrails *guardrails, const char *symbol)
{
	if (!guardrails->has_allowlist)
		return true;

	return listed(guardrails->allowlist, guardrails->nallowlist, symbol);
}
