/* json_print.c - documents as compact text; numbers as they were read, everything else as valid UTF-8. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "common/sys/must.h"
#include "common/sys/utf8.h"

static void put_string(const char *text, FILE *out)
{
	static const char escaped[] = "\"\\\b\f\n\r\t";
	static const char names[] = "\"\\bfnrt";
	size_t length = strlen(text), size;
	uint32_t code;

	fputc('"', out);
	for (size_t at = 0; at < length; at += size) {
		const char *found = strchr(escaped, text[at]);

		size = utf8_read(text + at, length - at, &code);
		if (found) {
			fprintf(out, "\\%c", names[found - escaped]);
		} else if (size == 0) {
			size = 1;
			fputs("\\ufffd", out);
		} else if (code < 0x20) {
			fprintf(out, "\\u%04" PRIx32, code);
		} else {
			fwrite(text + at, 1, size, out);
		}
	}
	fputc('"', out);
}

/* Numbers that came from nowhere but a C integer have no text of their own. */
static void put_number(const cJSON *number, FILE *out)
{
	AUTO(alloc_free) char *text = NULL;

	if (!number->valuestring) {
		text = cJSON_PrintUnformatted(number);
		must(text);
	}
	fputs(text ? text : number->valuestring, out);
}

static int order_by_key(const void *a, const void *b)
{
	const cJSON *const *one = a, *const *other = b;

	return strcmp((*one)->string, (*other)->string);
}

/* The children in the order in which they are printed; the caller frees. */
static const cJSON **children(const cJSON *item, bool sorted, size_t *count_out)
{
	const cJSON **list, *child;
	size_t count = 0;

	cJSON_ArrayForEach(child, item) count++;
	list = alloc_array(count, sizeof(*list));
	count = 0;
	cJSON_ArrayForEach(child, item) list[count++] = child;
	if (sorted && cJSON_IsObject(item))
		qsort(list, count, sizeof(*list), order_by_key);
	*count_out = count;
	return list;
}

static void put_item(const cJSON *item, bool sorted, FILE *out);

static void put_container(const cJSON *item, bool sorted, FILE *out)
{
	bool object = cJSON_IsObject(item);
	AUTO(alloc_free) const cJSON **list = NULL;
	size_t count;

	list = children(item, sorted, &count);
	fputc(object ? '{' : '[', out);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			fputc(',', out);
		if (object) {
			put_string(list[i]->string, out);
			fputc(':', out);
		}
		put_item(list[i], sorted, out);
	}
	fputc(object ? '}' : ']', out);
}

static void put_item(const cJSON *item, bool sorted, FILE *out)
{
	if (cJSON_IsObject(item) || cJSON_IsArray(item))
		put_container(item, sorted, out);
	else if (cJSON_IsString(item))
		put_string(item->valuestring, out);
	else if (cJSON_IsNumber(item))
		put_number(item, out);
	else if (cJSON_IsRaw(item))
		fputs(item->valuestring, out);
	else if (cJSON_IsBool(item))
		fputs(cJSON_IsTrue(item) ? "true" : "false", out);
	else
		fputs("null", out);
}

static char *print(const cJSON *document, bool sorted)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	must(out);
	put_item(document, sorted, out);
	must(fclose(out) == 0);
	return text;
}

char *json_print(const cJSON *document)
{
	return print(document, false);
}

char *json_print_canonical(const cJSON *document)
{
	return print(document, true);
}
