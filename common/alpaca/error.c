/* error.c - see error.h. */
#include "common/alpaca/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/json.h"

void alpaca_error_read(const char *body, size_t length, struct alpaca_error *error_out)
{
	AUTO(json_free) cJSON *document = NULL;
	struct json_fault fault;

	*error_out = (struct alpaca_error){0};
	if (json_parse(body, length, &document, &fault) < 0)
		return;

	const char *message = json_text(document, "message");
	if (!message)
		return;

	error_out->envelope = true;
	snprintf(error_out->message, sizeof(error_out->message), "%s", message);
	const char *code = json_decimal(document, "code");
	if (code)
		error_out->code = strtoll(code, NULL, 10);
}

static bool says(const struct alpaca_error *error, const char *words)
{
	return strcasestr(error->message, words) != NULL;
}

bool alpaca_error_is_credentials(int status, const struct alpaca_error *error)
{
	if (status == 401)
		return true;
	if (status != 403 || !error->envelope)
		return false;
	if (error->code == 40110000)
		return true;

	/* 40310000 is about the order ("insufficient buying power"); the keys have no code of the 403 family. */
	return error->code == 0 && (says(error, "authorized") || says(error, "forbidden"));
}

bool alpaca_error_is_suspended(int status, const struct alpaca_error *error)
{
	return status == 403 && error->envelope && says(error, "rejected by user request");
}

static bool refuses_with(int status, const struct alpaca_error *error, const char *words)
{
	return (status == 403 || status == 422) && error->envelope && says(error, words);
}

bool alpaca_error_is_liquidation_only(int status, const struct alpaca_error *error)
{
	return refuses_with(status, error, "liquidation only");
}

bool alpaca_error_is_used_id(int status, const struct alpaca_error *error)
{
	return status == 422 && error->envelope && says(error, "client_order_id must be unique");
}

bool alpaca_error_is_wash_trade(int status, const struct alpaca_error *error)
{
	return refuses_with(status, error, "wash trade");
}
