/* json.c - see json.h. */
#include "common/sys/json.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json_scan.h"
#include "common/sys/must.h"
#include "common/sys/utf8.h"

#define DIGITS "0123456789"

/* The tree in document order meets the numbers in document order. cJSON_Delete frees valuestring of any item. */
static size_t keep_numbers(
	cJSON *item, const char *text, const struct json_numbers *numbers, size_t next)
{
	if (cJSON_IsNumber(item)) {
		must(next < numbers->count);
		item->valuestring =
			alloc_bytes(text + numbers->items[next].at, numbers->items[next].length);
		return next + 1;
	}
	for (cJSON *child = item->child; child; child = child->next)
		next = keep_numbers(child, text, numbers, next);
	return next;
}

int json_parse(const char *text, size_t length, cJSON **document_out, struct json_fault *fault)
{
	struct json_numbers numbers = {0};
	struct json_fault unread;
	cJSON *document;
	int r;

	if (!fault)
		fault = &unread;
	r = json_scan(text, length, &numbers, fault);
	if (r < 0)
		return r;
	document = cJSON_ParseWithLength(text, length);
	/* The scan is stricter in everything, so that only memory can be missing. */
	must(document);
	must(keep_numbers(document, text, &numbers, 0) == numbers.count);
	json_numbers_done(&numbers);
	*document_out = document;
	return 0;
}

int json_parse_list(
	const char *text, size_t length, const char *of, cJSON **list_out, struct err *err)
{
	AUTO(json_free) cJSON *document = NULL;
	struct json_fault fault;

	int r = json_parse(text, length, &document, &fault);
	if (r < 0)
		return err_set(err, r, "not JSON: %s", fault.text);
	if (!cJSON_IsArray(document))
		return err_set(err, -EINVAL, "no list of %s", of);
	*list_out = TAKE(document);
	return 0;
}

void json_free(cJSON **document)
{
	cJSON_Delete(*document);
	*document = NULL;
}

const cJSON *json_member(const cJSON *object, const char *key)
{
	return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

const char *json_text(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(json_member(object, key));
}

const char *json_decimal(const cJSON *object, const char *key)
{
	const cJSON *member = json_member(object, key);

	return cJSON_IsNumber(member) || cJSON_IsString(member) ? member->valuestring : NULL;
}

bool json_number_fits(const char *text)
{
	const char *whole = text + (*text == '-');
	const char *point = whole + strspn(whole, DIGITS);
	const char *exponent = strpbrk(point, "eE");
	int64_t before = point - whole, after = 0, shift = 0;

	if (*point == '.')
		after = (int64_t)strspn(point + 1, DIGITS);
	if (exponent) {
		const char *power = exponent + 1 + strspn(exponent + 1, "+-0");

		if (strlen(power) > 3)
			return false;
		shift = strtol(power, NULL, 10);
		if (exponent[1] == '-')
			shift = -shift;
	}
	before = before + shift > 1 ? before + shift : 1;
	after = after > shift ? after - shift : 0;
	return (whole - text) + before + (after ? 1 + after : 0) <= JSON_MAX_NUMBER;
}

void json_add_number(cJSON *object, const char *key, const char *text)
{
	size_t length = strlen(text);
	cJSON *number;

	must(length <= JSON_MAX_NUMBER && json_number_length(text, length) == length && length > 0);
	number = cJSON_CreateNumber(0);
	must(number);
	number->valuestring = alloc_text(text);
	must(cJSON_AddItemToObject(object, key, number));
}

void json_add_text(cJSON *object, const char *key, const char *text)
{
	must(text ? cJSON_AddStringToObject(object, key, text)
		  : cJSON_AddNullToObject(object, key));
}

void json_pointer_push(char *pointer, size_t size, const char *token)
{
	size_t length = strlen(pointer);
	uint32_t code = 0;

	if (length + 1 < size)
		pointer[length++] = '/';
	for (size_t left = strlen(token), bytes; left > 0; left -= bytes, token += bytes) {
		bytes = utf8_read(token, left, &code);
		if (bytes == 0)
			bytes = 1;
		/* Cut between characters, never inside one. */
		if (length + (code == '~' || code == '/' ? 2 : bytes) >= size)
			break;
		if (code == '~' || code == '/') {
			pointer[length++] = '~';
			pointer[length++] = code == '~' ? '0' : '1';
		} else {
			memcpy(pointer + length, token, bytes);
			length += bytes;
		}
	}
	pointer[length] = '\0';
}
