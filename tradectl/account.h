/* account.h - the broker's account object: whose money it is. Pure. */
#pragma once

#include <stddef.h>

#include "common/sys/err.h"

enum {
	ACCOUNT_NUMBER = 64,
};

/* The account_number of GET /v2/account. 0; -EINVAL when the body is no such object. */
int account_number_read(const char *body, size_t length, char number_out[ACCOUNT_NUMBER],
	struct err *err) MUST_CHECK;
/* What of it may be logged: its last four characters. */
const char *account_number_tail(const char *number);
