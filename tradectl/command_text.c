/* command_text.c - see command_text.h. */
#include "tradectl/command_text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/utf8.h"

enum {
	GAP = 2, /* between columns */
};

/* Whatever may end a line, move a terminal's cursor or turn the reading direction around. */
static bool harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 || code == 0x2029 ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
	       code == 0xfeff;
}

void command_put_text(FILE *out, const char *text)
{
	size_t length = strlen(text);
	uint32_t code;

	for (size_t at = 0, size; at < length; at += size) {
		size = utf8_read(text + at, length - at, &code);
		if (size == 0) {
			size = 1;
			fputs("\\ufffd", out);
		} else if (code == '\n') {
			fputs("\\n", out);
		} else if (harmful(code)) {
			fprintf(out, "\\u%04" PRIx32, code);
		} else {
			fwrite(text + at, 1, size, out);
		}
	}
}

void command_put_json(FILE *out, const cJSON *document)
{
	AUTO(alloc_free) char *text = json_print(document);

	command_put_text(out, text);
	fputc('\n', out);
}

/* What stands in a cell; the caller frees it. */
static char *cell_of(const cJSON *value)
{
	AUTO(alloc_free) char *raw = NULL;
	char *text = NULL;
	size_t size = 0;

	if (!value || cJSON_IsNull(value))
		return alloc_text("-");
	if (cJSON_IsBool(value))
		return alloc_text(cJSON_IsTrue(value) ? "yes" : "no");
	if (cJSON_IsString(value) || cJSON_IsNumber(value))
		raw = alloc_text(value->valuestring);
	else
		raw = json_print(value);

	FILE *out = open_memstream(&text, &size);
	must(out);
	command_put_text(out, raw);
	must(fclose(out) == 0);
	return text;
}

/* Columns of a terminal, taking each character for one. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void put_spaces(FILE *out, size_t count)
{
	while (count-- > 0)
		fputc(' ', out);
}

/* A name as people read it. */
static char *name_of(const char *name)
{
	char *shown = alloc_text(name);

	for (char *c = shown; *c; c++)
		if (*c == '_')
			*c = ' ';
	return shown;
}

static void put_lines(FILE *out, const cJSON *object)
{
	size_t widest = 0;
	const cJSON *member;

	for (member = object->child; member; member = member->next)
		if (!cJSON_IsNull(member) && width_of(member->string) > widest)
			widest = width_of(member->string);
	for (member = object->child; member; member = member->next) {
		if (cJSON_IsNull(member))
			continue;

		AUTO(alloc_free) char *name = name_of(member->string);
		AUTO(alloc_free) char *cell = cell_of(member);
		put_spaces(out, GAP);
		command_put_text(out, name);
		put_spaces(out, widest - width_of(name) + GAP);
		fprintf(out, "%s\n", cell);
	}
}

/* Columns of a table, named by the members of its first row. */
struct column {
	const char *key;
	char *name;
	size_t width;
	bool numbers; /* shown at the right */
};

static size_t columns_new(const cJSON *rows, struct column **columns_out)
{
	const cJSON *first = rows->child, *row;
	size_t count = (size_t)cJSON_GetArraySize(first);
	struct column *columns = alloc_array(count + 1, sizeof(*columns));
	struct column *column = columns;

	for (const cJSON *member = first->child; member; member = member->next, column++) {
		column->key = member->string;
		column->name = name_of(member->string);
		column->width = width_of(column->name);
		column->numbers = true;
		for (row = first; row; row = row->next) {
			const cJSON *value = json_member(row, column->key);
			AUTO(alloc_free) char *cell = cell_of(value);
			if (width_of(cell) > column->width)
				column->width = width_of(cell);
			if (value && !cJSON_IsNull(value) && !cJSON_IsNumber(value))
				column->numbers = false;
		}
	}
	*columns_out = columns;
	return count;
}

static void put_cell(FILE *out, const struct column *column, const char *text, bool last)
{
	size_t fill = column->width - width_of(text);

	put_spaces(out, GAP + (column->numbers ? fill : 0));
	fputs(text, out);
	if (!column->numbers && !last)
		put_spaces(out, fill);
}

static void put_table(FILE *out, const cJSON *rows)
{
	struct column *columns;
	const cJSON *row;

	size_t count = columns_new(rows, &columns);
	for (size_t i = 0; i < count; i++)
		put_cell(out, &columns[i], columns[i].name, i + 1 == count);
	fputc('\n', out);
	for (row = rows->child; row; row = row->next) {
		for (size_t i = 0; i < count; i++) {
			AUTO(alloc_free) char *cell = cell_of(json_member(row, columns[i].key));
			put_cell(out, &columns[i], cell, i + 1 == count);
		}
		fputc('\n', out);
	}
	for (size_t i = 0; i < count; i++)
		alloc_free(&columns[i].name);
	alloc_free(&columns);
}

static bool is_table(const cJSON *value)
{
	const cJSON *row;

	if (!cJSON_IsArray(value) || !value->child)
		return false;
	for (row = value->child; row; row = row->next)
		if (!cJSON_IsObject(row))
			return false;
	return true;
}

void command_put_sections(FILE *out, const cJSON *document)
{
	const cJSON *section;

	for (section = document->child; section; section = section->next) {
		AUTO(alloc_free) char *name = name_of(section->string);
		bool none = (cJSON_IsArray(section) || cJSON_IsObject(section)) && !section->child;

		if (section != document->child && (section->child || section->prev->child))
			fputc('\n', out);
		command_put_text(out, name);
		if (none) {
			fputs(": none\n", out);
		} else if (cJSON_IsObject(section)) {
			fputc('\n', out);
			put_lines(out, section);
		} else if (is_table(section)) {
			fputc('\n', out);
			put_table(out, section);
		} else {
			AUTO(alloc_free) char *cell = cell_of(section);
			fprintf(out, ": %s\n", cell);
		}
	}
}
