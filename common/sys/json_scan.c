/* json_scan.c - RFC 8259 and I-JSON to the letter: what passes here means the same to cJSON and to Postgres's jsonb. */
#include "common/sys/json_scan.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/json_keys.h"
#include "common/sys/utf8.h"

#define NO_TOKEN SIZE_MAX

/* One container that the scan stands in, and which of its members. */
struct frame {
	bool object;
	size_t token; /* an index; in an object that of the key in keys */
};

struct scan {
	const char *text;
	size_t length, at;
	size_t nodes;
	struct frame frames[JSON_MAX_DEPTH];
	size_t depth;
	struct json_keys keys;
	struct json_numbers numbers;
	struct json_fault *fault;
};

static void point(const struct scan *scan, char pointer[static JSON_POINTER])
{
	char index[24];

	pointer[0] = '\0';
	for (size_t i = 0; i < scan->depth; i++) {
		const struct frame *frame = &scan->frames[i];

		if (frame->token == NO_TOKEN)
			continue;
		snprintf(index, sizeof(index), "%zu", frame->token);
		json_pointer_push(pointer, JSON_POINTER,
			frame->object ? json_keys_text(&scan->keys, frame->token) : index);
	}
}

static int fail_at(
	struct scan *scan, enum json_fault_kind kind, size_t offset, const char *sentence)
{
	struct json_fault *fault = scan->fault;

	fault->kind = kind;
	fault->offset = offset;
	point(scan, fault->pointer);
	snprintf(fault->text, sizeof(fault->text), "%s", sentence);
	return -EINVAL;
}

static int fail(struct scan *scan, enum json_fault_kind kind, const char *sentence)
{
	return fail_at(scan, kind, scan->at, sentence);
}

/* The next byte, or -1 at the end. */
static int peek(const struct scan *scan)
{
	return scan->at < scan->length ? (unsigned char)scan->text[scan->at] : -1;
}

static void skip_space(struct scan *scan)
{
	int next = peek(scan);

	while (next == ' ' || next == '\t' || next == '\n' || next == '\r') {
		scan->at++;
		next = peek(scan);
	}
}

static bool is_digit(int byte)
{
	return byte >= '0' && byte <= '9';
}

/* Four hex digits at scan->at, which moves behind them; -1 when they are not there. */
static long read_hex4(struct scan *scan)
{
	long code = 0;

	for (int i = 0; i < 4; i++) {
		int next = peek(scan);

		if (is_digit(next))
			code = code * 16 + (next - '0');
		else if ((next | 0x20) >= 'a' && (next | 0x20) <= 'f')
			code = code * 16 + ((next | 0x20) - 'a' + 10);
		else
			return -1;
		scan->at++;
	}
	return code;
}

static int scan_low_surrogate(struct scan *scan, size_t start)
{
	long low = -1;

	if (scan->length - scan->at >= 2 && memcmp(scan->text + scan->at, "\\u", 2) == 0) {
		scan->at += 2;
		low = read_hex4(scan);
	}
	if (low < 0xdc00 || low > 0xdfff)
		return fail_at(scan, JSON_FAULT_UTF8, start, "half of a surrogate pair");
	return 0;
}

static int scan_escape(struct scan *scan)
{
	size_t start = scan->at;
	int name;
	long code;

	scan->at++;
	name = peek(scan);
	if (name != 'u') {
		if (name <= 0 || !strchr("\"\\/bfnrt", name))
			return fail_at(scan, JSON_FAULT_SYNTAX, start,
				"an escape that JSON does not have");
		scan->at++;
		return 0;
	}
	scan->at++;
	code = read_hex4(scan);
	if (code < 0)
		return fail_at(scan, JSON_FAULT_SYNTAX, start, "\\u without four hex digits");
	if (code == 0)
		return fail_at(scan, JSON_FAULT_NUL, start, "\\u0000 is not allowed in a text");
	if (code >= 0xd800 && code <= 0xdbff)
		return scan_low_surrogate(scan, start);
	if (code >= 0xdc00 && code <= 0xdfff)
		return fail_at(scan, JSON_FAULT_UTF8, start, "half of a surrogate pair");
	return 0;
}

/* A string from its opening quote; the place of its inside goes to *inside_out. */
static int scan_string(struct scan *scan, size_t *inside_out, size_t *length_out)
{
	size_t start = ++scan->at, size;
	uint32_t code;
	int r;

	for (;;) {
		int next = peek(scan);

		if (next < 0)
			return fail(scan, JSON_FAULT_SYNTAX, "a text without its closing quote");
		if (next == '"')
			break;
		if (next < 0x20)
			return fail(scan, JSON_FAULT_SYNTAX, "a bare control character in a text");
		if (next == '\\') {
			r = scan_escape(scan);
			if (r < 0)
				return r;
			continue;
		}
		size = utf8_read(scan->text + scan->at, scan->length - scan->at, &code);
		if (size == 0)
			return fail(scan, JSON_FAULT_UTF8, "bytes that are not UTF-8");
		scan->at += size;
	}
	*inside_out = start;
	*length_out = scan->at - start;
	scan->at++;
	return 0;
}

static size_t skip_digits(const char *text, size_t length, size_t at)
{
	while (at < length && is_digit((unsigned char)text[at]))
		at++;
	return at;
}

size_t json_number_length(const char *text, size_t length)
{
	size_t at = 0, start;

	if (at < length && text[at] == '-')
		at++;
	start = at;
	at = skip_digits(text, length, at);
	if (at == start)
		return 0;
	if (text[start] == '0')
		at = start + 1;
	if (at < length && text[at] == '.') {
		start = at + 1;
		at = skip_digits(text, length, start);
		if (at == start)
			return 0;
	}
	if (at < length && (text[at] == 'e' || text[at] == 'E')) {
		at++;
		if (at < length && (text[at] == '+' || text[at] == '-'))
			at++;
		start = at;
		at = skip_digits(text, length, start);
		if (at == start)
			return 0;
	}
	return at;
}

static int scan_number(struct scan *scan)
{
	struct json_numbers *numbers = &scan->numbers;
	size_t length = json_number_length(scan->text + scan->at, scan->length - scan->at);

	if (length == 0)
		return fail(scan, JSON_FAULT_SYNTAX, "not a number as JSON writes them");
	if (length > JSON_MAX_NUMBER)
		return fail(scan, JSON_FAULT_SIZE, "a number with too many characters");
	if (numbers->count == numbers->room) {
		numbers->room = numbers->room * 2 + 16;
		numbers->items = alloc_grow(numbers->items, numbers->room, sizeof(*numbers->items));
	}
	numbers->items[numbers->count++] = (struct json_number){.at = scan->at, .length = length};
	scan->at += length;
	return 0;
}

static int scan_word(struct scan *scan, const char *word)
{
	size_t length = strlen(word);

	if (scan->length - scan->at < length || memcmp(scan->text + scan->at, word, length) != 0)
		return fail(scan, JSON_FAULT_SYNTAX, "not a JSON value");
	scan->at += length;
	return 0;
}

static int scan_value(struct scan *scan);

/* Past the opening bracket and into the container. */
static int enter(struct scan *scan, bool object)
{
	if (scan->depth == JSON_MAX_DEPTH)
		return fail(scan, JSON_FAULT_DEPTH, "nested too deep");
	scan->frames[scan->depth++] = (struct frame){.object = object, .token = NO_TOKEN};
	scan->at++;
	skip_space(scan);
	return 0;
}

static void leave(struct scan *scan)
{
	scan->depth--;
	scan->at++;
}

/* Behind a member: 1 when a comma promises another, 0 at the closing bracket. */
static int another(struct scan *scan, int closing)
{
	skip_space(scan);
	if (peek(scan) == ',') {
		scan->at++;
		skip_space(scan);
		return 1;
	}
	if (peek(scan) == closing)
		return 0;
	return fail(scan, JSON_FAULT_SYNTAX,
		closing == '}' ? "a comma or } is missing" : "a comma or ] is missing");
}

static int scan_array(struct scan *scan)
{
	struct frame *frame = &scan->frames[scan->depth];
	int r = enter(scan, false);
	bool more = r == 0 && peek(scan) != ']';

	for (size_t i = 0; more; i++) {
		frame->token = i;
		r = scan_value(scan);
		if (r == 0)
			r = another(scan, ']');
		more = r > 0;
	}
	if (r == 0)
		leave(scan);
	return r;
}

static int scan_member(struct scan *scan, struct frame *frame)
{
	size_t key, length;
	int r;

	frame->token = NO_TOKEN;
	if (peek(scan) != '"')
		return fail(scan, JSON_FAULT_SYNTAX, "a key in double quotes is missing");
	r = scan_string(scan, &key, &length);
	if (r < 0)
		return r;
	json_keys_push(&scan->keys, scan->text + key, length, key - 1);
	frame->token = scan->keys.count - 1;
	skip_space(scan);
	if (peek(scan) != ':')
		return fail(scan, JSON_FAULT_SYNTAX, "a colon is missing behind a key");
	scan->at++;
	skip_space(scan);
	return scan_value(scan);
}

static int check_keys(struct scan *scan, struct frame *frame, size_t first)
{
	size_t repeated = json_keys_repeated(&scan->keys, first);

	if (repeated < scan->keys.count) {
		frame->token = repeated;
		return fail_at(scan, JSON_FAULT_DUPLICATE, json_keys_at(&scan->keys, repeated),
			"a key stands twice in one object");
	}
	json_keys_cut(&scan->keys, first);
	return 0;
}

static int scan_object(struct scan *scan)
{
	struct frame *frame = &scan->frames[scan->depth];
	size_t first = scan->keys.count;
	int r = enter(scan, true);
	bool more = r == 0 && peek(scan) != '}';

	while (more) {
		r = scan_member(scan, frame);
		if (r == 0)
			r = another(scan, '}');
		more = r > 0;
	}
	if (r == 0)
		r = check_keys(scan, frame, first);
	if (r == 0)
		leave(scan);
	return r;
}

static int scan_value(struct scan *scan)
{
	size_t inside, length;

	if (++scan->nodes > JSON_MAX_NODES)
		return fail(scan, JSON_FAULT_SIZE, "too many values in one document");
	switch (peek(scan)) {
	case '{':
		return scan_object(scan);
	case '[':
		return scan_array(scan);
	case '"':
		return scan_string(scan, &inside, &length);
	case 't':
		return scan_word(scan, "true");
	case 'f':
		return scan_word(scan, "false");
	case 'n':
		return scan_word(scan, "null");
	case -1:
		return fail(scan, JSON_FAULT_SYNTAX, "a value is missing");
	default:
		return scan_number(scan);
	}
}

static int scan_document(struct scan *scan)
{
	int r;

	if (scan->length >= 3 && memcmp(scan->text, "\xef\xbb\xbf", 3) == 0)
		return fail(scan, JSON_FAULT_SYNTAX, "a byte order mark");
	skip_space(scan);
	r = scan_value(scan);
	if (r < 0)
		return r;
	skip_space(scan);
	if (scan->at < scan->length)
		return fail(scan, JSON_FAULT_SYNTAX, "more text behind the document");
	return 0;
}

int json_scan(
	const char *text, size_t length, struct json_numbers *numbers_out, struct json_fault *fault)
{
	struct scan scan = {.text = text, .length = length, .fault = fault};
	int r = scan_document(&scan);

	json_keys_done(&scan.keys);
	if (r < 0)
		json_numbers_done(&scan.numbers);
	else
		*numbers_out = scan.numbers;
	return r;
}

void json_numbers_done(struct json_numbers *numbers)
{
	alloc_free(&numbers->items);
}
