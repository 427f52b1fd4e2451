/* url.c - see url.h. */
#include "ingestd/url.h"

#include "common/sys/alloc.h"
#include "common/sys/http.h"

/* `AAPL,BTC%2FUSD`: the comma stands for itself. */
static char *join_symbols(const struct watch_entry entries[], size_t count)
{
	char *list = alloc_text("");

	for (size_t i = 0; i < count; i++) {
		AUTO(alloc_free) char *before = list;
		AUTO(alloc_free) char *symbol = http_escape(entries[i].symbol.text);

		list = alloc_print("%s%s%s", before, i > 0 ? "," : "", symbol);
	}
	return list;
}

char *url_snapshots(const char *base, enum asset_class asset_class, enum feed feed,
	const struct watch_entry entries[], size_t count)
{
	AUTO(alloc_free) char *symbols = join_symbols(entries, count);

	AUTO(alloc_free)
	char *path = asset_class == ASSET_CRYPTO
			     ? alloc_print("/v1beta3/crypto/%s/snapshots?symbols=%s",
				       feed_words[feed], symbols)
			     : alloc_print("/v2/stocks/snapshots?symbols=%s&feed=%s", symbols,
				       feed_words[feed]);

	return http_url_join(base, path);
}
