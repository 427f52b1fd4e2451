/* account.c - see account.h. */
#include "tradectl/account.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/json.h"

enum {
	TAIL = 4,
};

int account_number_read(
	const char *body, size_t length, char number_out[ACCOUNT_NUMBER], struct err *err)
{
	AUTO(json_free) cJSON *document = NULL;
	struct json_fault fault;

	int r = json_parse(body, length, &document, &fault);
	if (r < 0)
		return err_set(err, r, "not JSON: %s", fault.text);

	const char *number = json_text(document, "account_number");
	if (!number || *number == '\0' || strlen(number) >= ACCOUNT_NUMBER)
		return err_set(err, -EINVAL, "account object without a usable account_number");

	snprintf(number_out, ACCOUNT_NUMBER, "%s", number);
	return 0;
}

const char *account_number_tail(const char *number)
{
	size_t length = strlen(number);

	return length > TAIL ? number + length - TAIL : number;
}
