/* setting_read.c - values from the environment into the struct that a table describes. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/setting_row.h"

void *setting_place(const struct setting *row, void *into)
{
	return (char *)into + row->offset;
}

const void *setting_place_const(const struct setting *row, const void *from)
{
	return (const char *)from + row->offset;
}

/* A value as a sentence may show it. */
static const char *shown(const struct setting *row, const char *text)
{
	return row->flags & SETTING_SECRET ? "***" : text;
}

static int store_int(const struct setting *row, const char *text, int64_t *out, struct err *err)
{
	int64_t number;
	char *end;

	errno = 0;
	number = strtoll(text, &end, 10);
	/* strtoll skips white space and takes a +; a setting is digits, with a - in front or not. */
	if (errno || *end != '\0' || !strchr("-0123456789", text[0]) || number < row->min ||
		number > row->max)
		return err_set(err, -EINVAL,
			"%s=%.64s is not a whole number in %" PRId64 "..%" PRId64, row->name,
			shown(row, text), row->min, row->max);
	*out = number;
	return 0;
}

static int store_bool(const struct setting *row, const char *text, bool *out, struct err *err)
{
	bool yes = strcmp(text, "true") == 0;

	if (!yes && strcmp(text, "false") != 0)
		return err_set(err, -EINVAL, "%s=%.64s is neither true nor false", row->name,
			shown(row, text));
	*out = yes;
	return 0;
}

static int store_choice(const struct setting *row, const char *text, int *out, struct err *err)
{
	struct err list = {""};

	for (int i = 0; row->choices[i]; i++) {
		if (strcmp(row->choices[i], text) == 0) {
			*out = i;
			return 0;
		}
		err_set(&list, 0, "%s%s%s", list.text, i ? ", " : "", row->choices[i]);
	}
	return err_set(
		err, -EINVAL, "%s=%.64s is none of %.200s", row->name, shown(row, text), list.text);
}

static void store_text(const char *text, char **place)
{
	alloc_free(place);
	*place = alloc_text(text);
}

int setting_store(const struct setting *row, const char *text, void *into, struct err *err)
{
	void *place = setting_place(row, into);

	if (!text)
		return 0;
	switch (row->kind) {
	case SETTING_TEXT:
		store_text(text, place);
		return 0;
	case SETTING_INT:
		return store_int(row, text, place, err);
	case SETTING_BOOL:
		return store_bool(row, text, place, err);
	case SETTING_CHOICE:
		return store_choice(row, text, place, err);
	}
	return -EINVAL;
}

/* NAME, then for a secret NAME_FILE and the credential, then the default. An empty variable is an unset one. */
static int read_row(const struct setting *row, void *into, struct err *err)
{
	AUTO(alloc_free) char *secret = NULL;
	const char *text = getenv(row->name);
	int r = 0;

	if (text && text[0] == '\0')
		text = NULL;
	if (!text && row->flags & SETTING_SECRET) {
		r = setting_secret_file(row, &secret, err);
		if (r == 0 && !secret)
			r = setting_secret_credential(row, &secret, err);
		text = secret;
	}
	if (r < 0)
		return r;
	if (!text)
		text = row->fallback;
	if (!text && row->flags & SETTING_REQUIRED)
		return err_set(err, -EINVAL, "%s is required and not set", row->name);
	return setting_store(row, text, into, err);
}

int setting_read(const struct setting rows[], void *into, struct err *err)
{
	int r;

	for (const struct setting *row = rows; row->name; row++) {
		r = read_row(row, into, err);
		if (r < 0) {
			setting_clear(rows, into);
			return r;
		}
	}
	return 0;
}

void setting_clear(const struct setting rows[], void *into)
{
	for (const struct setting *row = rows; row->name; row++) {
		if (row->kind == SETTING_TEXT)
			alloc_free(setting_place(row, into));
	}
}
