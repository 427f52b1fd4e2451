/* data.h - the documents under test/data (TEST_DATA), and the small readings that the trading tests share. */
#pragma once

#include <stdlib.h>
#include <time.h>

#include "common/sys/alloc.h"
#include "common/sys/clock.h"
#include "common/sys/date.h"
#include "common/sys/decimal.h"
#include "common/sys/json.h"
#include "test/unit/unit.h"

/* Fails the test when the file is missing or no JSON. Caller frees. */
static inline cJSON *data_parse(const char *name, const char *text)
{
	struct json_fault fault;
	cJSON *document = NULL;

	if (json_parse(text, strlen(text), &document, &fault) < 0) {
		print_error("%s: %s at byte %zu\n", name, fault.text, fault.offset);
		fail();
	}
	return document;
}

static inline cJSON *data_read(const char *name)
{
	const char *folder = getenv("TEST_DATA");
	AUTO(alloc_free) char *path = alloc_print("%s/%s", folder ? folder : "test/data", name);
	AUTO(alloc_free) char *text = alloc_zero(1 << 16);
	FILE *file = fopen(path, "r");
	size_t length;

	if (!file) {
		print_error("%s: not there; the tests run from the top of the repository\n", path);
		fail();
		return NULL;
	}
	length = fread(text, 1, (1 << 16) - 1, file);
	fclose(file);
	want_true(name, length > 0 && length < (1 << 16) - 1);
	return data_parse(name, text);
}

static inline struct wall at(const char *text)
{
	struct wall wall = {0};

	want_i64(text, wall_parse(text, &wall), 0);
	return wall;
}

static inline struct date on(const char *text)
{
	struct date date = {0};

	want_i64(text, date_parse(text, &date), 0);
	return date;
}

static inline int64_t nano(const char *text)
{
	int64_t value = 0;

	want_i64(text, decimal_parse(text, &value), 0);
	return value;
}

static inline struct price usd(const char *text)
{
	return (struct price){nano(text)};
}

/* What daemon_run does first. */
static inline int in_new_york(void **state)
{
	(void)state;
	setenv("TZ", "America/New_York", 1);
	tzset();
	return 0;
}
