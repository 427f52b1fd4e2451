/* credentials.h - the key pair as the two header lines that every request carries; wiped when freed. */
#pragma once

#include "common/sys/err.h"

struct alpaca_credentials;

/* 0, or -EINVAL when a part is empty or holds anything but printable ASCII without spaces (a line break in a header is
 * a second header). The sentence never quotes the value. */
int alpaca_credentials_new(const char *key_id, const char *secret,
	struct alpaca_credentials **credentials_out, struct err *err) MUST_CHECK;
void alpaca_credentials_free(struct alpaca_credentials **credentials);

/* NULL-terminated; valid until freed. The second also says that a JSON body follows. */
const char *const *alpaca_credentials_headers(const struct alpaca_credentials *credentials);
const char *const *alpaca_credentials_json_headers(const struct alpaca_credentials *credentials);
