/* setting_dump.c - the settings in force, as a shell (or the same daemon) reads them back. */
#include <inttypes.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/conninfo.h"
#include "common/sys/setting_row.h"

static void put_quoted(const char *text, FILE *out)
{
	static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-./:@%+,=";

	if (text[strspn(text, bare)] == '\0') {
		fputs(text, out);
		return;
	}
	fputc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}

static void put_value(const struct setting *row, const void *place, FILE *out)
{
	const char *text;

	switch (row->kind) {
	case SETTING_TEXT:
		text = *(char *const *)place;
		put_quoted(text ? text : "", out);
		break;
	case SETTING_INT:
		fprintf(out, "%" PRId64, *(const int64_t *)place);
		break;
	case SETTING_BOOL:
		fputs(*(const bool *)place ? "true" : "false", out);
		break;
	case SETTING_CHOICE:
		put_quoted(row->choices[*(const int *)place], out);
		break;
	}
}

static void put_url(const char *text, FILE *out)
{
	AUTO(alloc_free) char *masked = conninfo_mask(text);

	put_quoted(masked ? masked : "", out);
}

static bool is_unset(const struct setting *row, const void *place)
{
	return row->kind == SETTING_TEXT && !*(char *const *)place;
}

void setting_dump(const struct setting rows[], const void *from, FILE *out)
{
	for (const struct setting *row = rows; row->name; row++) {
		const void *place = setting_place_const(row, from);

		fprintf(out, "%s=", row->name);
		if (row->flags & SETTING_SECRET)
			fputs(is_unset(row, place) ? "" : "***", out);
		else if (row->flags & SETTING_URL)
			put_url(*(char *const *)place, out);
		else
			put_value(row, place, out);
		fputc('\n', out);
	}
}
