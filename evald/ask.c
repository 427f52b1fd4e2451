/* ask.c - see ask.h. */
#include "evald/ask.h"

#include <errno.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json_add.h"
#include "common/trading/facts.h"
#include "common/trading/question_id.h"
#include "common/trading/render.h"

static cJSON *print_tunables(const struct rule *rule, const struct rule_target *target)
{
	const struct tunables *tunables = &rule->tunables;
	cJSON *object = cJSON_CreateObject();

	json_add_nano(object, "approve_min", tunables->approve_min.nano);
	json_add_nano(object, "skip_max", tunables->skip_max.nano);
	json_add_text(object, "on_ambiguous", on_ambiguous_words[tunables->on_ambiguous]);
	json_add_integer(object, "max_follow_ups", tunables->max_follow_ups);
	json_add_nano(object, "max_drift_pct", tunables->max_drift.nano);
	json_add_text(object, "drift_side", drift_side_words[tunables->drift_side]);
	json_add_text(object, "on_drift", on_drift_words[tunables->on_drift]);
	json_add_integer(object, "max_reasks", tunables->max_reasks);
	json_add_integer(object, "undo_seconds", tunables->undo_seconds);
	json_add_integer(object, "cooldown_seconds", tunables->cooldown_seconds);
	json_add_text(object, "after_skip", after_skip_words[tunables->after_skip]);
	json_add_integer(object, "max_fires_per_day", tunables->max_fires_per_day);
	json_add_integer(object, "question_ttl_seconds", tunables->question_ttl_seconds);
	json_add_integer(object, "close_buffer_seconds", tunables->close_buffer_seconds);
	json_add_integer(object, "max_staleness_seconds", target->max_staleness_seconds);
	return object;
}

static cJSON *print_proposal(const struct fire *fire)
{
	const struct offer *offer = fire->offer;
	cJSON *object = cJSON_CreateObject();

	json_add_text(object, "side", order_side_words[offer->side]);
	json_add_text(object, "order_type", order_type_words[offer->type]);
	json_add_text(object, "time_in_force", time_in_force_words[offer->time_in_force]);
	if (offer->notional.nano != 0)
		json_add_nano(object, "notional_usd", offer->notional.nano);
	else
		json_add_nano(object, "qty", offer->qty.nano);
	if (offer->limit_price.nano != 0)
		json_add_nano(object, "limit_price", offer->limit_price.nano);
	json_add_nano(object, "price_asked", fire->evaluation->price.nano);
	cJSON_AddBoolToObject(object, "extended_hours", offer->extended_hours);
	cJSON_AddItemToObject(object, "tunables", print_tunables(fire->rule, fire->target));
	return object;
}

static enum trading_mode mode_of(const struct fire *fire)
{
	return fire->test_mode ? MODE_PAPER : fire->person->config->mode;
}

static char *render_text(const struct fire *fire)
{
	const struct render_values values = {
		.rule = fire->rule,
		.offer = fire->offer,
		.symbol = fire->target->symbol.text,
		.price = fire->evaluation->price,
		.ref = fire->evaluation->ref,
		.as_of = fire->evaluation->as_of,
		.expires_at = fire->expires_at,
	};

	return render_question(&values);
}

static cJSON *make_metadata(const struct fire *fire)
{
	const struct facts_values values = {
		.rule = fire->rule,
		.offer = fire->offer,
		.symbol = fire->target->symbol.text,
		.mode = mode_of(fire),
		.price = fire->evaluation->price,
		.as_of = fire->evaluation->as_of,
		.now = fire->now,
		.expires_at = fire->expires_at,
	};

	cJSON *metadata = facts_metadata(&values, fire->evaluation);

	if (fire->reask != NULL) {
		cJSON *before = cJSON_AddObjectToObject(metadata, "reask");

		json_add_uuid(before, "question_id", fire->reask->question_id);
		json_add_nano(before, "price_asked", fire->reask->price_asked.nano);
	}
	return metadata;
}

/* Its place in the chain. As of the row that fired it: after a crash the same question is asked again, not another. */
static struct uuid add_place(cJSON *ask, const struct fire *fire)
{
	const struct reask *reask = fire->reask;
	struct wall as_of = reask != NULL ? reask->as_of : fire->evaluation->as_of;
	int64_t attempt = reask != NULL ? reask->attempt + 1 : 1;
	struct uuid id = question_id(
		fire->person->uid, fire->rule->id, fire->target->symbol.text, as_of, (int)attempt);

	json_add_uuid(ask, "id", id);
	json_add_text(ask, "kind", reask != NULL ? "reask" : "proposal");
	json_add_wall(ask, "as_of", as_of);
	json_add_uuid(ask, "chain_id", reask != NULL ? reask->chain_id : id);
	json_add_integer(ask, "attempt", attempt);
	return id;
}

/* Who asks whom about what, and from which documents; the same for a proposal and what follows it. */
static void add_origin(cJSON *ask, const char *uid, const char *rule_id, const char *symbol,
	const char *asset_class)
{
	AUTO(alloc_free) char *step = alloc_print("%s:await_confirm", rule_id);

	json_add_text(ask, "firebase_uid", uid);
	json_add_text(ask, "rule_id", rule_id);
	json_add_text(ask, "symbol", symbol);
	json_add_text(ask, "asset_class", asset_class);
	json_add_text(ask, "pipeline_step", step);
}

cJSON *ask_proposal(const struct fire *fire, struct uuid *id_out)
{
	const struct person *person = fire->person;
	const char *mode = trading_mode_words[mode_of(fire)];
	const char *symbol = fire->target->symbol.text;
	AUTO(alloc_free) char *text = render_text(fire);
	AUTO(alloc_free) char *tag = alloc_print("trading:rule:%s", fire->rule->id);
	cJSON *ask = cJSON_CreateObject();

	*id_out = add_place(ask, fire);
	add_origin(ask, person->uid, fire->rule->id, symbol,
		asset_class_words[fire->rule->asset_class]);
	json_add_text(ask, "question_text", text);
	json_add_text(ask, "source_tag", tag);
	json_add_wall(ask, "created_at", fire->now);
	json_add_wall(ask, "expires_at", fire->expires_at);
	json_add_integer(ask, "config_version", person->stamp.version);
	if (person->stamp.template_version != 0)
		json_add_integer(ask, "template_version", person->stamp.template_version);
	json_add_text(ask, "mode", mode);
	json_add_text(ask, "broker_account", fire->test_mode ? "test" : mode);
	cJSON_AddItemToObject(ask, "metadata", make_metadata(fire));
	if (fire->offer != NULL)
		cJSON_AddItemToObject(ask, "proposal", print_proposal(fire));
	return ask;
}

/* Adds a member that was stored as JSON text. */
static int add_parsed(cJSON *ask, const char *key, const char *text, struct err *err)
{
	cJSON *value = NULL;
	struct json_fault fault;

	if (json_parse(text, strlen(text), &value, &fault) < 0)
		return err_set(err, -EINVAL, "%s: %s", key, fault.text);
	cJSON_AddItemToObject(ask, key, value);
	return 0;
}

static void add_owed(cJSON *ask, const struct owed *owed, struct uuid id)
{
	AUTO(alloc_free) char *text = alloc_print("Please decide: %s", owed->question_text);

	json_add_uuid(ask, "id", id);
	json_add_text(ask, "kind", "follow_up");
	add_origin(ask, owed->uid, owed->rule_id, owed->symbol, owed->asset_class);
	json_add_wall(ask, "as_of", owed->as_of);
	json_add_uuid(ask, "chain_id", owed->chain_id);
	json_add_integer(ask, "attempt", owed->attempt + 1);
	json_add_text(ask, "question_text", text);
	json_add_text(ask, "source_tag", owed->source_tag);
	json_add_wall(ask, "created_at", owed->now);
	json_add_wall(ask, "expires_at", owed->expires_at);
	json_add_integer(ask, "config_version", owed->config_version);
	if (owed->template_version != 0)
		json_add_integer(ask, "template_version", owed->template_version);
	json_add_text(ask, "mode", owed->mode);
	json_add_text(ask, "broker_account", owed->broker_account);
}

int ask_follow_up(const struct owed *owed, cJSON **ask_out, struct uuid *id_out, struct err *err)
{
	AUTO(json_free) cJSON *ask = cJSON_CreateObject();
	struct uuid id = question_id(
		owed->uid, owed->rule_id, owed->symbol, owed->as_of, (int)owed->attempt + 1);
	int r;

	add_owed(ask, owed, id);
	r = add_parsed(ask, "metadata", owed->metadata, err);
	if (r < 0)
		return r;
	if (owed->proposal != NULL) {
		r = add_parsed(ask, "proposal", owed->proposal, err);
		if (r < 0)
			return r;
	}
	*ask_out = TAKE(ask);
	*id_out = id;
	return 0;
}
