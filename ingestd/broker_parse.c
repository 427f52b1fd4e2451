/* broker_parse.c - see broker_parse.h. */
#include "ingestd/broker_parse.h"

#include <errno.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json_add.h"

enum {
	DAYS_MOST = 400,
};

static int parse_document(const char *body, size_t length, cJSON **document_out, struct err *err)
{
	struct json_fault fault;

	if (json_parse(body, length, document_out, &fault) < 0)
		return err_set(err, -EINVAL, "no JSON: %s", fault.text);
	return 0;
}

static int two_digits(const char *text, int most, int *out)
{
	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return -EINVAL;
	int value = (text[0] - '0') * 10 + (text[1] - '0');
	if (value > most)
		return -EINVAL;
	*out = value;
	return 0;
}

/* HH:MM, or HHMM: open and close come with the colon, session_open and session_close without. */
static int parse_wall_time(struct date date, const char *text, struct wall *out)
{
	int hour;
	int minute;

	if (text == NULL)
		return -EINVAL;
	size_t length = strlen(text);
	if (length != 4 && !(length == 5 && text[2] == ':'))
		return -EINVAL;
	if (two_digits(text, 23, &hour) < 0 || two_digits(text + length - 2, 59, &minute) < 0)
		return -EINVAL;
	*out = ny_at(date, hour, minute);
	return 0;
}

static int parse_day(const cJSON *item, struct calendar_day *day, struct err *err)
{
	const char *date = json_text(item, "date");

	if (date == NULL || date_parse(date, &day->date) < 0)
		return err_set(err, -EINVAL, "calendar: a day without a date");
	if (parse_wall_time(day->date, json_text(item, "open"), &day->open) < 0 ||
		parse_wall_time(day->date, json_text(item, "close"), &day->close) < 0)
		return err_set(err, -EINVAL, "calendar: %s: open or close is no time", date);
	if (parse_wall_time(day->date, json_text(item, "session_open"), &day->pre_open) < 0)
		day->pre_open = day->open;
	if (parse_wall_time(day->date, json_text(item, "session_close"), &day->post_close) < 0)
		day->post_close = day->close;
	if (day->pre_open.us > day->open.us || day->open.us >= day->close.us ||
		day->close.us > day->post_close.us)
		return err_set(err, -EINVAL, "calendar: %s: its times are not in order", date);
	return 0;
}

int broker_days_parse(const char *body, size_t length, struct calendar_day **days_out,
	size_t *count_out, struct err *err)
{
	AUTO(json_free) cJSON *document = NULL;
	AUTO(alloc_free) struct calendar_day *days = NULL;
	const cJSON *item;
	size_t count = 0;

	int r = parse_document(body, length, &document, err);
	if (r < 0)
		return r;
	if (!cJSON_IsArray(document) || cJSON_GetArraySize(document) > DAYS_MOST)
		return err_set(err, -EINVAL, "calendar: not a list of days");

	days = alloc_array((size_t)cJSON_GetArraySize(document) + 1, sizeof(*days));
	cJSON_ArrayForEach(item, document)
	{
		r = parse_day(item, &days[count], err);
		if (r < 0)
			return r;
		if (count > 0 && date_compare(days[count - 1].date, days[count].date) >= 0)
			return err_set(err, -EINVAL, "calendar: its days are not in order");
		count++;
	}
	*days_out = TAKE(days);
	*count_out = count;
	return 0;
}

char *broker_days_print(const struct calendar_day days[], size_t count)
{
	AUTO(json_free) cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < count; i++) {
		cJSON *item = cJSON_CreateObject();

		json_add_date(item, "date", days[i].date);
		json_add_wall(item, "open", days[i].open);
		json_add_wall(item, "close", days[i].close);
		json_add_wall(item, "pre_open", days[i].pre_open);
		json_add_wall(item, "post_close", days[i].post_close);
		cJSON_AddItemToArray(list, item);
	}
	return json_print(list);
}

static int parse_instant(const cJSON *object, const char *key, struct wall *out, struct err *err)
{
	const char *text = json_text(object, key);

	if (text == NULL || wall_parse(text, out) < 0)
		return err_set(err, -EINVAL, "clock: %s is no time", key);
	return 0;
}

int broker_clock_parse(const char *body, size_t length, struct broker_clock *out, struct err *err)
{
	AUTO(json_free) cJSON *document = NULL;
	struct broker_clock clock = {0};

	int r = parse_document(body, length, &document, err);
	if (r < 0)
		return r;

	const cJSON *is_open = json_member(document, "is_open");
	if (!cJSON_IsBool(is_open))
		return err_set(err, -EINVAL, "clock: is_open is no boolean");
	clock.is_open = cJSON_IsTrue(is_open);

	r = parse_instant(document, "timestamp", &clock.at, err);
	if (r == 0)
		r = parse_instant(document, "next_open", &clock.next_open, err);
	if (r == 0)
		r = parse_instant(document, "next_close", &clock.next_close, err);
	if (r == 0)
		*out = clock;
	return r;
}
