/* fake_order.c - see fake_order.h. */
#include "tradectl/fake_order.h"

#include <errno.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json_add.h"

enum {
	PREFIX = 3, /* h1- */
	DIGITS = 32,
};

static int parse(const char *text, cJSON **document_out, struct err *err)
{
	struct json_fault fault;

	if (json_parse(text, strlen(text), document_out, &fault) < 0)
		return err_set(err, -EINVAL, "not JSON: %s", fault.text);
	return 0;
}

/* test- and the order's own id, which the client_order_id is made of. */
static char *broker_id(const char *client_order_id)
{
	if (client_order_id == NULL || strlen(client_order_id) != PREFIX + DIGITS)
		return NULL;

	const char *hex = client_order_id + PREFIX;
	return alloc_print(
		"test-%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

int fake_order_accept(const char *body, struct wall now, char **text_out, struct err *err)
{
	AUTO(json_free) cJSON *order = NULL;

	int r = parse(body, &order, err);
	if (r < 0)
		return r;
	AUTO(alloc_free) char *id = broker_id(json_text(order, "client_order_id"));
	if (id == NULL)
		return err_set(err, -EINVAL, "no client_order_id of ours");

	json_add_text(order, "id", id);
	json_add_text(order, "status", "accepted");
	json_add_text(order, "filled_qty", "0");
	json_add_wall(order, "created_at", now);
	json_add_wall(order, "submitted_at", now);
	*text_out = json_print(order);
	return 0;
}

static bool is_new(const cJSON *order)
{
	const char *status = json_text(order, "status");

	return status != NULL && strcmp(status, "new") == 0;
}

bool fake_order_works(const char *order)
{
	AUTO(json_free) cJSON *shown = NULL;

	return parse(order, &shown, NULL) == 0 && is_new(shown);
}

char *fake_order_id(const char *order)
{
	AUTO(json_free) cJSON *shown = NULL;

	return parse(order, &shown, NULL) == 0 ? alloc_text(json_text(shown, "id")) : NULL;
}

int fake_order_cancel(const char *order, char **text_out, struct err *err)
{
	AUTO(json_free) cJSON *shown = NULL;

	int r = parse(order, &shown, err);
	if (r < 0)
		return r;
	if (is_new(shown)) {
		cJSON_DeleteItemFromObjectCaseSensitive(shown, "status");
		json_add_text(shown, "status", "canceled");
	}
	*text_out = json_print(shown);
	return 0;
}
