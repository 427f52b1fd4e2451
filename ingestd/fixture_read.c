/* fixture_read.c - see fixture.h: the file, and everything in it that may be wrong. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "common/trading/config_value.h"
#include "ingestd/fixture.h"
#include "ingestd/fixture_place.h"

enum {
	FILE_MOST = 1024 * 1024,
	AGE_MOST_SEC = 366 * 86400,
	OFFSET_MOST = 400,
	HOURS = 48,
};

/* common/sys/asset.sh */
extern const char asset_ingestd_fixture_json[];
extern const uint64_t asset_ingestd_fixture_json_size;

static int read_symbol(const struct place *place, struct fixture_row *row)
{
	const char *text = json_text(place->item, "symbol");

	if (text == NULL)
		return place_bad(place, "symbol", "missing, or no text");
	if (strlen(text) >= sizeof(row->symbol.text) || !value_is_symbol(text) ||
		(strchr(text, '/') != NULL) != (row->asset_class == ASSET_CRYPTO))
		return place_bad(
			place, "symbol", "not a symbol of its asset_class: SPY, or BTC/USD");
	memcpy(row->symbol.text, text, strlen(text) + 1);
	return 0;
}

static int read_source(const struct place *place, struct fixture_row *row)
{
	int asset_class;
	int feed;
	int metric;

	int r = place_word(place, "asset_class", asset_class_words, ASSET_US_EQUITY, &asset_class);
	if (r < 0)
		return r;
	bool crypto = asset_class == ASSET_CRYPTO;
	r = place_word(place, "feed", feed_words, crypto ? FEED_US : FEED_IEX, &feed);
	if (r == 0)
		r = place_word(place, "metric", market_metric_words, -1, &metric);
	if (r < 0)
		return r;
	if (crypto != (feed == FEED_US))
		return place_bad(place, "feed", "not a feed of its asset_class");

	row->asset_class = (enum asset_class)asset_class;
	row->feed = (enum feed)feed;
	row->metric = (enum market_metric)metric;
	return 0;
}

static int read_amounts(const struct place *place, struct fixture_row *row)
{
	const char *price = json_decimal(place->item, "price");
	const char *volume = json_decimal(place->item, "volume");
	int64_t nano;

	if (price == NULL)
		return place_bad(place, "price", "missing, or no number");
	if (decimal_parse(price, &row->price.nano) < 0 || row->price.nano <= 0)
		return place_bad(place, "price", "not a positive number of at most nine decimals");
	if (place_is_absent(place, "volume"))
		return 0;
	if (volume == NULL || decimal_parse(volume, &nano) < 0 || nano < 0)
		return place_bad(place, "volume", "not a number from 0 on");
	row->volume = alloc_text(volume);
	return 0;
}

static int read_row(const struct place *place, struct fixture_row *row)
{
	static const char *const known[] = {"symbol", "asset_class", "feed", "metric", "price",
		"volume", "age_seconds", "session_offset", NULL};
	int64_t age;

	int r = place_only_known(place, known);
	if (r == 0)
		r = read_source(place, row);
	if (r == 0)
		r = read_symbol(place, row);
	if (r == 0)
		r = read_amounts(place, row);
	if (r == 0)
		r = place_number(place, "age_seconds", AGE_MOST_SEC, 0, &age);
	if (r < 0)
		return r;
	row->age = (struct span){age / 1000};
	return place_whole(place, "session_offset", OFFSET_MOST,
		row->metric == METRIC_PREV_CLOSE ? -1 : 0, &row->session_offset);
}

static bool same_series(const struct fixture_row *a, const struct fixture_row *b)
{
	return a->metric == b->metric && a->feed == b->feed && a->asset_class == b->asset_class &&
	       strcmp(a->symbol.text, b->symbol.text) == 0;
}

/* Two rows of a series at one time would take turns for ever. */
static int check_series(
	const struct place *place, const struct fixture *fixture, const struct fixture_row *row)
{
	size_t before = 0;

	for (size_t i = 0; i < place->at; i++) {
		if (!same_series(row, &fixture->rows[i]))
			continue;
		before++;
		if (row->age.us == fixture->rows[i].age.us)
			return place_bad(place, "age_seconds",
				"another row of this symbol, feed and metric has the same");
	}
	return before < FIXTURE_SERIES
		       ? 0
		       : place_bad(place, "symbol",
				 "more than 100 rows of one symbol, feed and metric");
}

static int check_session(
	const struct place *place, const struct fixture *fixture, const struct fixture_row *row)
{
	ssize_t now = 0;

	if (row->asset_class == ASSET_CRYPTO)
		return 0;
	while (now < (ssize_t)fixture->ndays && fixture->days[now].offset <= 0)
		now++;

	ssize_t at = now - 1 + row->session_offset;
	return now > 0 && at >= 0 && at < (ssize_t)fixture->ndays
		       ? 0
		       : place_bad(place, "session_offset", "the calendar has no such session");
}

/* HH:MM, beyond 24 for what ends after midnight. */
static int read_minutes(const struct place *place, const char *field, int *out)
{
	const char *text = json_text(place->item, field);

	if (text == NULL || strlen(text) != 5 || text[2] != ':' ||
		strspn(text, "0123456789") != 2 || strspn(text + 3, "0123456789") != 2)
		return place_bad(place, field, "not a time of New York as 09:30");
	int hour = (text[0] - '0') * 10 + text[1] - '0';
	int minute = (text[3] - '0') * 10 + text[4] - '0';
	if (hour >= HOURS || minute > 59)
		return place_bad(place, field, "not a time of New York as 09:30");
	*out = hour * 60 + minute;
	return 0;
}

static int read_day(
	const struct place *place, const struct fixture *fixture, struct fixture_day *day)
{
	static const char *const known[] = {"day_offset", "open", "close", NULL};

	int r = place_only_known(place, known);
	if (r == 0 && place_is_absent(place, "day_offset"))
		r = place_bad(place, "day_offset", "missing");
	if (r == 0)
		r = place_whole(place, "day_offset", OFFSET_MOST, 0, &day->offset);
	if (r == 0)
		r = read_minutes(place, "open", &day->open);
	if (r == 0)
		r = read_minutes(place, "close", &day->close);
	if (r < 0)
		return r;
	if (day->open >= 24 * 60)
		return place_bad(place, "open", "not on its own day");
	if (day->open >= day->close)
		return place_bad(place, "close", "not after its open");
	if (place->at > 0 && day->offset <= fixture->days[place->at - 1].offset)
		return place_bad(place, "day_offset", "days are not in order");
	return 0;
}

static int read_list(const char *name, const cJSON *document, const char *list, int most,
	const cJSON **out, struct err *err)
{
	const cJSON *items = json_member(document, list);

	if (items != NULL && !cJSON_IsArray(items))
		return err_set(err, -EINVAL, "%s: %s: not a list", name, list);
	if (cJSON_GetArraySize(items) > most)
		return err_set(err, -EINVAL, "%s: %s: more than %d", name, list, most);
	*out = items;
	return 0;
}

static int read_days(
	const char *name, const cJSON *document, struct fixture *fixture, struct err *err)
{
	const cJSON *list;
	struct place place = {.file = name, .list = "calendar", .err = err};

	int r = read_list(name, document, place.list, FIXTURE_DAYS, &list, err);
	if (r < 0)
		return r;
	fixture->days = alloc_array((size_t)cJSON_GetArraySize(list) + 1, sizeof(*fixture->days));
	cJSON_ArrayForEach(place.item, list)
	{
		r = read_day(&place, fixture, &fixture->days[place.at]);
		if (r < 0)
			return r;
		fixture->ndays = ++place.at;
	}
	return 0;
}

static int read_rows(
	const char *name, const cJSON *document, struct fixture *fixture, struct err *err)
{
	const cJSON *list;
	struct place place = {.file = name, .list = "rows", .err = err};

	int r = read_list(name, document, place.list, FIXTURE_ROWS, &list, err);
	if (r == 0 && list == NULL)
		r = err_set(err, -EINVAL, "%s: rows: missing", name);
	if (r < 0)
		return r;
	fixture->rows = alloc_array((size_t)cJSON_GetArraySize(list) + 1, sizeof(*fixture->rows));
	cJSON_ArrayForEach(place.item, list)
	{
		struct fixture_row *row = &fixture->rows[place.at];

		fixture->nrows = place.at + 1; /* also freed when it is bad */
		r = read_row(&place, row);
		if (r == 0)
			r = check_series(&place, fixture, row);
		if (r == 0)
			r = check_session(&place, fixture, row);
		if (r < 0)
			return r;
		place.at++;
	}
	return 0;
}

static int check_top(const char *name, const cJSON *document, struct err *err)
{
	const cJSON *member;

	if (!cJSON_IsObject(document))
		return err_set(err, -EINVAL, "%s: not an object of rows and calendar", name);
	cJSON_ArrayForEach(member, document)
	{
		if (strcmp(member->string, "rows") != 0 && strcmp(member->string, "calendar") != 0)
			return err_set(err, -EINVAL, "%s: %s: no such field", name, member->string);
	}
	return 0;
}

int fixture_parse(const char *name, const char *text, size_t length, struct fixture **fixture_out,
	struct err *err)
{
	AUTO(json_free) cJSON *document = NULL;
	AUTO(fixture_free) struct fixture *fixture = alloc_zero(sizeof(*fixture));
	struct json_fault fault;

	if (json_parse(text, length, &document, &fault) < 0)
		return err_set(err, -EINVAL, "%s: no JSON: %s (byte %zu%s%s)", name, fault.text,
			fault.offset, fault.pointer[0] != '\0' ? ", at " : "", fault.pointer);
	int r = check_top(name, document, err);
	if (r == 0)
		r = read_days(name, document, fixture, err);
	if (r == 0)
		r = read_rows(name, document, fixture, err);
	if (r < 0)
		return r;
	*fixture_out = TAKE(fixture);
	return 0;
}

/* The whole file; at most FILE_MOST, so that /dev/zero is no fixture either. */
static int read_file(const char *path, char **text_out, size_t *length_out, struct err *err)
{
	AUTO(alloc_free) char *text = alloc_zero(FILE_MOST + 1);
	size_t length = 0;
	ssize_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_set(err, -EINVAL, "%s: %s", path, strerror(errno));
	while (length <= FILE_MOST && (got = read(fd, text + length, FILE_MOST + 1 - length)) > 0)
		length += (size_t)got;
	int why = errno;
	close(fd);
	if (got < 0)
		return err_set(err, -EINVAL, "%s: %s", path, strerror(why));
	if (length > FILE_MOST)
		return err_set(err, -EINVAL, "%s: larger than 1 MiB", path);
	*text_out = TAKE(text);
	*length_out = length;
	return 0;
}

int fixture_read(const char *path, struct fixture **fixture_out, struct err *err)
{
	AUTO(alloc_free) char *text = NULL;
	size_t length = 0;

	if (path == NULL)
		return fixture_parse("the shipped fixture", asset_ingestd_fixture_json,
			(size_t)asset_ingestd_fixture_json_size, fixture_out, err);
	int r = read_file(path, &text, &length, err);
	return r < 0 ? r : fixture_parse(path, text, length, fixture_out, err);
}
