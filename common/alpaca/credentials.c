/* credentials.c - see credentials.h. */
#include "common/alpaca/credentials.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/sys/alloc.h"

struct alpaca_credentials {
	char *key_line, *secret_line;
	const char *headers[3], *json_headers[4];
};

static bool printable(const char *text)
{
	if (!text || *text == '\0')
		return false;
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;

	return true;
}

int alpaca_credentials_new(const char *key_id, const char *secret,
	struct alpaca_credentials **credentials_out, struct err *err)
{
	if (!printable(key_id))
		return err_set(
			err, -EINVAL, "ALPACA_API_KEY_ID: not set, empty, or not plain ASCII");
	if (!printable(secret))
		return err_set(
			err, -EINVAL, "ALPACA_API_SECRET_KEY: not set, empty, or not plain ASCII");

	struct alpaca_credentials *credentials = alloc_zero(sizeof(*credentials));
	credentials->key_line = alloc_print("APCA-API-KEY-ID: %s", key_id);
	credentials->secret_line = alloc_print("APCA-API-SECRET-KEY: %s", secret);
	credentials->headers[0] = credentials->json_headers[0] = credentials->key_line;
	credentials->headers[1] = credentials->json_headers[1] = credentials->secret_line;
	credentials->json_headers[2] = "Content-Type: application/json";
	*credentials_out = credentials;
	return 0;
}

static void wipe(char *line)
{
	explicit_bzero(line, strlen(line));
}

void alpaca_credentials_free(struct alpaca_credentials **credentials)
{
	if (!*credentials)
		return;

	wipe((*credentials)->key_line);
	wipe((*credentials)->secret_line);
	alloc_free(&(*credentials)->key_line);
	alloc_free(&(*credentials)->secret_line);
	alloc_free(credentials);
}

const char *const *alpaca_credentials_headers(const struct alpaca_credentials *credentials)
{
	return credentials->headers;
}

const char *const *alpaca_credentials_json_headers(const struct alpaca_credentials *credentials)
{
	return credentials->json_headers;
}
