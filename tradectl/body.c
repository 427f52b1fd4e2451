/* body.c - see body.h. */
#include "tradectl/body.h"

#include <errno.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json_add.h"
#include "common/trading/offer.h"

static int size_check(const struct terms *terms, struct err *err)
{
	if (terms->has_notional == terms->has_qty)
		return err_set(err, -EINVAL, "exactly one of notional and qty must be there");
	if (terms->has_qty && terms->qty.nano <= 0)
		return err_set(err, -EINVAL, "qty is not positive");
	if (terms->has_notional && terms->notional.nano <= 0)
		return err_set(err, -EINVAL, "notional is not positive");
	if (terms->has_notional && terms->notional.nano % (DECIMAL_ONE / 100) != 0)
		return err_set(err, -EINVAL, "notional is finer than cents");
	return 0;
}

static int price_check(const struct terms *terms, struct err *err)
{
	bool limit = strcmp(terms->order_type, "limit") == 0;

	if (limit != terms->has_limit_price)
		return err_set(err, -EINVAL, "%s order %s a limit price", terms->order_type,
			limit ? "without" : "with");
	if (limit && terms->limit_price.nano <= 0)
		return err_set(err, -EINVAL, "limit price is not positive");
	if (limit && !offer_price_fits(terms->limit_price))
		return err_set(err, -EINVAL, "limit price is finer than the exchange takes");
	if (terms->extended_hours && !limit)
		return err_set(err, -EINVAL, "only limit orders trade in extended hours");
	return 0;
}

int body_of_order(const struct terms *terms, char **text_out, struct err *err)
{
	int r = size_check(terms, err);
	if (r < 0)
		return r;

	r = price_check(terms, err);
	if (r < 0)
		return r;

	AUTO(json_free) cJSON *body = cJSON_CreateObject();
	json_add_text(body, "symbol", terms->symbol);
	if (terms->has_notional)
		json_add_nano(body, "notional", terms->notional.nano);
	else
		json_add_nano(body, "qty", terms->qty.nano);
	json_add_text(body, "side", terms->side);
	json_add_text(body, "type", terms->order_type);
	json_add_text(body, "time_in_force", terms->time_in_force);
	if (terms->has_limit_price)
		json_add_nano(body, "limit_price", terms->limit_price.nano);
	if (terms->extended_hours)
		cJSON_AddTrueToObject(body, "extended_hours");
	json_add_text(body, "client_order_id", terms->client_order_id);
	*text_out = json_print(body);
	return 0;
}
