/* echo.c - see echo.h. */
#include "tradectl/echo.h"

#include <errno.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/clock.h"
#include "common/sys/json_add.h"

struct amount {
	bool there;
	int64_t nano;
};

enum amount_field {
	NOTIONAL,
	QTY,
	LIMIT_PRICE,
	FILLED_QTY,
	FILLED_AVG_PRICE,
	AMOUNTS,
};

static const char *const amount_keys[AMOUNTS] = {
	"notional", "qty", "limit_price", "filled_qty", "filled_avg_price"};

static const char *const text_keys[] = {"id", "client_order_id", "symbol", "asset_class", "side",
	"type", "time_in_force", "status", "replaced_by", "replaces"};

static const char *const time_keys[] = {"created_at", "updated_at", "submitted_at", "filled_at",
	"expired_at", "expires_at", "canceled_at", "failed_at", "replaced_at"};

struct echo {
	cJSON *document; /* the texts below point into it */
	const char *id, *client_order_id, *symbol, *side, *type, *time_in_force, *status;
	struct amount amounts[AMOUNTS];
};

static int need(const cJSON *document, const char *key, const char **out, struct err *err)
{
	const char *text = json_text(document, key);
	if (!text || *text == '\0')
		return err_set(err, -EINVAL, "order object without %s", key);

	*out = text;
	return 0;
}

static int texts_read(struct echo *echo, struct err *err)
{
	/* order_type is the old name of type; the wire has both. */
	const char *type_key = json_text(echo->document, "type") ? "type" : "order_type";

	const struct {
		const char *key;
		const char **place;
	} needs[] = {
		{"id", &echo->id},
		{"client_order_id", &echo->client_order_id},
		{"symbol", &echo->symbol},
		{"side", &echo->side},
		{type_key, &echo->type},
		{"time_in_force", &echo->time_in_force},
		{"status", &echo->status},
	};

	for (size_t i = 0; i < LENGTH(needs); i++) {
		int r = need(echo->document, needs[i].key, needs[i].place, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool absent(const cJSON *document, const char *key)
{
	const cJSON *member = json_member(document, key);

	return !member || cJSON_IsNull(member);
}

static int amounts_read(struct echo *echo, struct err *err)
{
	for (size_t i = 0; i < AMOUNTS; i++) {
		struct amount *amount = &echo->amounts[i];
		if (absent(echo->document, amount_keys[i]))
			continue;

		const char *text = json_decimal(echo->document, amount_keys[i]);
		if (!text || decimal_parse_wire(text, &amount->nano) < 0 || amount->nano < 0)
			return err_set(
				err, -EINVAL, "order object with an unreadable %s", amount_keys[i]);
		amount->there = true;
	}
	if (!echo->amounts[FILLED_QTY].there)
		return err_set(err, -EINVAL, "order object without filled_qty");
	return 0;
}

static int times_check(const cJSON *document, struct err *err)
{
	for (size_t i = 0; i < LENGTH(time_keys); i++) {
		struct wall at;
		const char *text = json_text(document, time_keys[i]);
		if (absent(document, time_keys[i]))
			continue;
		if (!text || wall_parse(text, &at) < 0)
			return err_set(
				err, -EINVAL, "order object with an unreadable %s", time_keys[i]);
	}
	return 0;
}

int echo_read(const char *body, size_t length, struct echo **echo_out, struct err *err)
{
	AUTO(echo_free) struct echo *echo = alloc_zero(sizeof(*echo));
	struct json_fault fault;

	int r = json_parse(body, length, &echo->document, &fault);
	if (r < 0)
		return err_set(err, r, "not JSON: %s", fault.text);

	r = texts_read(echo, err);
	if (r < 0)
		return r;

	r = amounts_read(echo, err);
	if (r < 0)
		return r;

	r = times_check(echo->document, err);
	if (r < 0)
		return r;

	*echo_out = TAKE(echo);
	return 0;
}

void echo_free(struct echo **echo)
{
	if (!*echo)
		return;

	json_free(&(*echo)->document);
	alloc_free(echo);
}

const char *echo_id(const struct echo *echo)
{
	return echo->id;
}

const char *echo_client_order_id(const struct echo *echo)
{
	return echo->client_order_id;
}

static bool amount_same(const struct amount *amount, bool there, int64_t nano)
{
	return amount->there == there && (!there || amount->nano == nano);
}

/* A broker that does not say is not contradicted; one that says otherwise is. */
static bool extended_same(const cJSON *document, bool wanted)
{
	return absent(document, "extended_hours") ||
	       (cJSON_IsTrue(json_member(document, "extended_hours")) != 0) == wanted;
}

const char *echo_differs(const struct echo *echo, const struct terms *terms)
{
	const struct amount *amounts = echo->amounts;

	if (strcmp(echo->client_order_id, terms->client_order_id) != 0)
		return "client_order_id";
	if (strcmp(echo->symbol, terms->symbol) != 0)
		return "symbol";
	if (strcmp(echo->side, terms->side) != 0)
		return "side";
	if (strcmp(echo->type, terms->order_type) != 0)
		return "type";
	if (strcmp(echo->time_in_force, terms->time_in_force) != 0)
		return "time_in_force";
	if (!amount_same(&amounts[NOTIONAL], terms->has_notional, terms->notional.nano))
		return "notional";
	if (!amount_same(&amounts[QTY], terms->has_qty, terms->qty.nano))
		return "qty";
	if (!amount_same(&amounts[LIMIT_PRICE], terms->has_limit_price, terms->limit_price.nano))
		return "limit_price";
	if (!extended_same(echo->document, terms->extended_hours))
		return "extended_hours";
	return NULL;
}

char *echo_json(const struct echo *echo)
{
	AUTO(json_free) cJSON *kept = cJSON_CreateObject();

	for (size_t i = 0; i < LENGTH(text_keys); i++)
		json_add_text(kept, text_keys[i], json_text(echo->document, text_keys[i]));
	for (size_t i = 0; i < AMOUNTS; i++) {
		if (echo->amounts[i].there)
			json_add_nano(kept, amount_keys[i], echo->amounts[i].nano);
		else
			json_add_text(kept, amount_keys[i], NULL);
	}
	for (size_t i = 0; i < LENGTH(time_keys); i++) {
		struct wall at;

		if (!absent(echo->document, time_keys[i]) &&
			wall_parse(json_text(echo->document, time_keys[i]), &at) == 0)
			json_add_wall(kept, time_keys[i], at);
		else
			json_add_text(kept, time_keys[i], NULL);
	}
	return json_print(kept);
}
