/* test_log.c - a line is one line whatever stands in it, in both formats. */
#include "test/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/json.h"
#include "common/sys/log.h"

static struct wall fixed_wall(void *owner)
{
	(void)owner;
	return (struct wall){INT64_C(1795617000000001)};
}

static struct mono fixed_mono(void *owner)
{
	(void)owner;
	return (struct mono){0};
}

static const struct clock fixed = {.wall = fixed_wall, .mono = fixed_mono};

#define FRONT "ts=2026-11-25T14:30:00.000001Z level=info daemon=evald event=e msg=m"
#define JSON_FRONT                                                                                 \
	"{\"ts\":\"2026-11-25T14:30:00.000001Z\",\"level\":\"info\",\"daemon\":\"evald\","         \
	"\"event\":\"e\","                                                                         \
	"\"msg\":\"m\""

/* What a log of this level and format writes for these fields. */
static const char *written(enum log_level most, enum log_format format, enum log_level level,
	const struct log_field *fields, size_t count)
{
	static char line[65536];
	struct log *log;
	int pipes[2];
	ssize_t length;

	assert_int_equal(pipe2(pipes, O_NONBLOCK), 0);
	log = log_new("evald", most, format, pipes[1], &fixed);
	log_write(log, level, "e", "m", fields, count);
	log_free(&log);
	length = read(pipes[0], line, sizeof(line) - 1);
	line[length > 0 ? length : 0] = '\0';
	close(pipes[0]);
	close(pipes[1]);
	return line;
}

static const char *written_text(enum log_format format, const char *text)
{
	const struct log_field field = LOG_TEXT("k", text);

	return written(LOG_LEVEL_INFO, format, LOG_LEVEL_INFO, &field, 1);
}

/* clang-format off */
static const struct {
	const char *name, *text, *logfmt, *json;
} values[] = {
	{"bare", "8f2c-1:x", "8f2c-1:x", "8f2c-1:x"},
	{"empty", "", "\"\"", ""},
	{"a space", "a b", "\"a b\"", "a b"},
	{"an equals sign", "a=b", "\"a=b\"", "a=b"},
	{"a quote", "a\"b", "\"a\\\"b\"", "a\\\"b"},
	{"a backslash", "a\\b", "\"a\\\\b\"", "a\\\\b"},
	{"a forged line", "x\nts=1 level=error", "\"x\\nts=1 level=error\"", "x\\nts=1 level=error"},
	{"carriage return", "x\ry", "\"x\\u000dy\"", "x\\u000dy"},
	{"escape sequence", "\x1b[2J", "\"\\u001b[2J\"", "\\u001b[2J"},
	{"DEL", "\x7f", "\"\\u007f\"", "\\u007f"},
	{"C1 control", "\xc2\x9b", "\"\\u009b\"", "\\u009b"},
	{"line separator", "\xe2\x80\xa8", "\"\\u2028\"", "\\u2028"},
	{"turned around", "\xe2\x80\xae", "\"\\u202e\"", "\\u202e"},
	{"UTF-8 stays", "Z\xc3\xbcrich \xe2\x82\xac", "\"Z\xc3\xbcrich \xe2\x82\xac\"", "Z\xc3\xbcrich \xe2\x82\xac"},
	{"bytes that are not UTF-8", "a\xff\xc3z", "\"a\\ufffd\\ufffdz\"", "a\\ufffd\\ufffdz"},
};

/* clang-format on */

static void escapes_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(values); i++) {
		AUTO(alloc_free) char *logfmt = alloc_print(FRONT " k=%s\n", values[i].logfmt);
		AUTO(alloc_free)
		char *json = alloc_print(JSON_FRONT ",\"k\":\"%s\"}\n", values[i].json);

		want_str(values[i].name, written_text(LOG_FORMAT_LOGFMT, values[i].text), logfmt);
		want_str(values[i].name, written_text(LOG_FORMAT_JSON, values[i].text), json);
	}
}

/* Any bytes give one line that our own strict JSON reader takes. */
static void any_bytes_are_valid_json(void **state)
{
	char text[4];

	(void)state;
	for (int first = 1; first < 256; first++) {
		for (int second = 1; second < 256; second += 7) {
			struct json_fault fault;
			cJSON *document = NULL;
			const char *line;

			snprintf(text, sizeof(text), "%c%cz", first, second);
			line = written_text(LOG_FORMAT_JSON, text);
			want_true("ends in its only newline",
				strchr(line, '\n') == line + strlen(line) - 1);
			want_i64(line, json_parse(line, strlen(line), &document, &fault), 0);
			want_true(line, json_text(document, "k"));
			json_free(&document);
			line = written_text(LOG_FORMAT_LOGFMT, text);
			want_true("one line", strchr(line, '\n') == line + strlen(line) - 1);
		}
	}
}

static void cuts_long_values(void **state)
{
	AUTO(alloc_free) char *text = alloc_zero(5000);
	const char *line;

	(void)state;
	memset(text, 'x', 4999);
	line = written_text(LOG_FORMAT_LOGFMT, text);
	want_i64("length", strlen(line), strlen(FRONT " k=\"\"\n") + 1024 + 3);
	want_str("end", strstr(line, "x..."), "x...\"\n");
}

static void writes_numbers(void **state)
{
	const struct log_field fields[] = {
		LOG_INT("most", INT64_MAX),
		LOG_INT("least", INT64_MIN),
		{.key = NULL, .text = "no field"},
		LOG_TEXT("none", NULL),
	};

	(void)state;
	want_str("logfmt",
		written(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT, LOG_LEVEL_INFO, fields, LENGTH(fields)),
		FRONT " most=9223372036854775807 least=-9223372036854775808 none=\"\"\n");
	want_str("json",
		written(LOG_LEVEL_INFO, LOG_FORMAT_JSON, LOG_LEVEL_INFO, fields, LENGTH(fields)),
		JSON_FRONT
		",\"most\":9223372036854775807,\"least\":-9223372036854775808,\"none\":\"\"}\n");
}

static void keeps_its_level(void **state)
{
	static const char *const names[] = {
		"level=error", "level=warning", "level=info", "level=debug"};

	(void)state;
	for (int most = LOG_LEVEL_ERROR; most <= LOG_LEVEL_DEBUG; most++) {
		for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
			const char *line = written((enum log_level)most, LOG_FORMAT_LOGFMT,
				(enum log_level)level, NULL, 0);

			if (level <= most)
				want_true(names[level], strstr(line, names[level]));
			else
				want_str(names[level], line, "");
		}
	}
}

static void marks_lines_for_the_journal(void **state)
{
	static const char *const marks[] = {"<3>ts=", "<4>ts=", "<6>ts=", "<7>ts="};

	(void)state;
	setenv("JOURNAL_STREAM", "8:1234", 1);
	for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++)
		want_true(marks[level], strncmp(written(LOG_LEVEL_DEBUG, LOG_FORMAT_LOGFMT,
							(enum log_level)level, NULL, 0),
						marks[level], 6) == 0);
	unsetenv("JOURNAL_STREAM");
}

static void the_macros_name_fields(void **state)
{
	struct log *log;
	int pipes[2];
	char line[512] = "";

	(void)state;
	assert_int_equal(pipe2(pipes, O_NONBLOCK), 0);
	log = log_new("evald", LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT, pipes[1], &fixed);
	log_debug(log, "e", "not wanted", LOG_INT("attempt", 1));
	log_info(log, "question.asked", "a rule fired", LOG_TEXT("question_id", "8f2c"),
		LOG_INT("attempt", 1));
	log_free(&log);
	assert_true(read(pipes[0], line, sizeof(line) - 1) > 0);
	want_str("line", line,
		"ts=2026-11-25T14:30:00.000001Z level=info daemon=evald event=question.asked "
		"msg=\"a rule fired\" question_id=8f2c attempt=1\n");
	close(pipes[0]);
	close(pipes[1]);
}

/* A reader that does not read must not stop the work. */
static void never_blocks(void **state)
{
	AUTO(alloc_free) char *text = alloc_zero(1001);
	const struct log_field field = LOG_TEXT("k", text);
	struct log *log;
	int pipes[2];

	(void)state;
	memset(text, 'x', 1000);
	assert_int_equal(pipe2(pipes, O_NONBLOCK), 0);
	log = log_new("evald", LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT, pipes[1], &fixed);
	for (int i = 0; i < 1000; i++)
		log_write(log, LOG_LEVEL_INFO, "e", "m", &field, 1);
	log_free(&log);
	close(pipes[0]);
	close(pipes[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_values),
		cmocka_unit_test(any_bytes_are_valid_json),
		cmocka_unit_test(cuts_long_values),
		cmocka_unit_test(writes_numbers),
		cmocka_unit_test(keeps_its_level),
		cmocka_unit_test(marks_lines_for_the_journal),
		cmocka_unit_test(the_macros_name_fields),
		cmocka_unit_test(never_blocks),
	};

	unsetenv("JOURNAL_STREAM");
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
