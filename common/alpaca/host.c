/* host.c - see host.h. */
#include "common/alpaca/host.h"

#include <errno.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/http.h"

#ifdef HYBRIDHUB_LIVE_HOST
/* A test's build alone (make BUILD=live): this name of loopback stands for the live host. */
#define LIVE_HOST HYBRIDHUB_LIVE_HOST
#else
#define LIVE_HOST "api.alpaca.markets"
#endif

struct rule {
	const char *const *hosts; /* NULL-terminated */
	const char *allowed;	  /* for the sentence */
};

static const char *const trading_hosts[] = {"paper-api.alpaca.markets", "api.alpaca.markets", NULL};
static const char *const data_hosts[] = {
	"data.alpaca.markets", "data.sandbox.alpaca.markets", NULL};

static const struct rule trading_rule = {
	trading_hosts, "https://paper-api.alpaca.markets, https://api.alpaca.markets"};
static const struct rule data_rule = {
	data_hosts, "https://data.alpaca.markets, https://data.sandbox.alpaca.markets"};

const char *alpaca_account_name(enum alpaca_account account)
{
	static const char *const names[] = {
		[ALPACA_PAPER] = "paper", [ALPACA_LIVE] = "live", [ALPACA_TEST] = "test"};

	return names[account];
}

static bool listed(const char *const hosts[], const char *host)
{
	for (; *hosts; hosts++)
		if (strcmp(*hosts, host) == 0)
			return true;

	return false;
}

static enum alpaca_account account_of(const char *host)
{
	return strcmp(host, LIVE_HOST) == 0 ? ALPACA_LIVE : ALPACA_PAPER;
}

static int url_check(
	const struct rule *rule, const char *url, struct http_url *parts_out, struct err *err)
{
	if (!http_url_split(url, parts_out))
		return err_set(err, -EINVAL,
			"%s: not a plain URL of scheme, host and port; allowed: %s, or loopback",
			url, rule->allowed);
	if (parts_out->path[0] != '\0')
		return err_set(
			err, -EINVAL, "%s: leave out the path, it is added to each request", url);

	bool secure = strcmp(parts_out->scheme, "https") == 0;
	bool plain = strcmp(parts_out->scheme, "http") == 0;
	if (http_host_is_loopback(parts_out->host) && (secure || plain))
		return 0;
	if (!listed(rule->hosts, parts_out->host))
		return err_set(err, -EINVAL, "%s: not a host we know; allowed: %s, or loopback",
			url, rule->allowed);
	if (!secure)
		return err_set(err, -EINVAL, "%s: only https is allowed off loopback", url);
	if (parts_out->port != 443)
		return err_set(err, -EINVAL, "%s: only port 443 is allowed off loopback", url);
	return 0;
}

int alpaca_trading_host(const char *url, enum alpaca_account *account_out, struct err *err)
{
	struct http_url parts;

	int r = url_check(&trading_rule, url, &parts, err);
	if (r < 0)
		return r;

	*account_out = account_of(parts.host);
	return 0;
}

int alpaca_stream_host(const char *url, enum alpaca_account account, struct err *err)
{
	static const char allowed[] = "wss://paper-api.alpaca.markets/stream, "
				      "wss://api.alpaca.markets/stream, or loopback";
	struct http_url parts;
	bool secure, loopback;

	if (!http_url_split(url, &parts) ||
		(strcmp(parts.scheme, "wss") != 0 && strcmp(parts.scheme, "ws") != 0))
		return err_set(
			err, -EINVAL, "%s: not a plain ws or wss URL; allowed: %s", url, allowed);

	secure = strcmp(parts.scheme, "wss") == 0;
	loopback = http_host_is_loopback(parts.host);
	if (!loopback && !listed(trading_hosts, parts.host))
		return err_set(err, -EINVAL, "%s: not a host we know; allowed: %s", url, allowed);
	if (!loopback && (!secure || parts.port != 443))
		return err_set(
			err, -EINVAL, "%s: only wss on port 443 is allowed off loopback", url);
	if (account_of(parts.host) != account)
		return err_set(
			err, -EINVAL, "%s: the stream of another account than orders go to", url);
	return 0;
}

char *alpaca_stream_url(const char *trading_url)
{
	size_t length = strlen(trading_url);

	/* http -> ws, https -> wss */
	return alloc_print("ws%.*s/stream",
		(int)(length - (trading_url[length - 1] == '/' ? 1 : 0) - strlen("http")),
		trading_url + strlen("http"));
}

int alpaca_live_gate(enum alpaca_account account, bool allow_live, struct err *err)
{
	if (account == ALPACA_LIVE && !allow_live)
		return err_set(err, -EPERM,
			"the trading host spends real money and ALPACA_ALLOW_LIVE is not true: "
			"refused");
	return 0;
}

int alpaca_test_gate(enum alpaca_account account, struct err *err)
{
	if (account == ALPACA_LIVE)
		return err_set(err, -EPERM,
			"the trading host spends real money and QUESTION_PIPELINE_TEST_MODE is "
			"true: refused");
	return 0;
}

int alpaca_data_host(const char *url, struct err *err)
{
	struct http_url parts;

	return url_check(&data_rule, url, &parts, err);
}
