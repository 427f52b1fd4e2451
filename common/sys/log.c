/* log.c - see log.h: the line is built aside and goes out in one write(2), so that lines of several threads or
 * processes on one stderr never mix. A line that cannot be written is lost: logging never blocks the work. */
#include "common/sys/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/utf8.h"

enum {
	FIELD_BYTES = 1024, /* of a field's text that are written; the rest is `...` */
};

struct log {
	const char *daemon;
	enum log_level level;
	enum log_format format;
	int fd;
	const struct clock *clock;
	bool journal;
};

static const struct {
	const char *name;
	int priority; /* of syslog */
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", 3},
	[LOG_LEVEL_WARNING] = {"warning", 4},
	[LOG_LEVEL_INFO] = {"info", 6},
	[LOG_LEVEL_DEBUG] = {"debug", 7},
};

struct log *log_new(const char *daemon, enum log_level level, enum log_format format, int fd,
	const struct clock *clock)
{
	struct log *log = alloc_zero(sizeof(*log));

	*log = (struct log){
		.daemon = daemon,
		.level = level,
		.format = format,
		.fd = fd,
		.clock = clock,
		.journal = getenv("JOURNAL_STREAM") != NULL,
	};
	return log;
}

void log_free(struct log **log)
{
	alloc_free(log);
}

bool log_wants(const struct log *log, enum log_level level)
{
	return level <= log->level;
}

/* Whatever may end a line, move a terminal's cursor or turn the reading direction around. */
static bool harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 || code == 0x2029 ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
	       code == 0xfeff;
}

/* The inside of a quoted text; logfmt and JSON agree on its escapes. */
static void put_escaped(FILE *line, const char *text)
{
	size_t length = strlen(text);
	size_t end = length > FIELD_BYTES ? FIELD_BYTES : length;
	uint32_t code;

	for (size_t at = 0, size; at < end; at += size) {
		size = utf8_read(text + at, length - at, &code);
		if (size == 0) {
			size = 1;
			fputs("\\ufffd", line);
		} else if (code == '"' || code == '\\') {
			fprintf(line, "\\%c", (char)code);
		} else if (code == '\n') {
			fputs("\\n", line);
		} else if (harmful(code)) {
			fprintf(line, "\\u%04" PRIx32, code);
		} else {
			fwrite(text + at, 1, size, line);
		}
	}
	if (end < length)
		fputs("...", line);
}

static bool is_bare(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789-_.,:;/@+*()[]{}<>!?$%&#~^'|");

	return length > 0 && length <= FIELD_BYTES && text[length] == '\0';
}

static void put_text(FILE *line, enum log_format format, const char *key, const char *text)
{
	bool json = format == LOG_FORMAT_JSON;
	bool bare = !json && is_bare(text);

	fprintf(line, json ? ",\"%s\":" : " %s=", key);
	if (bare) {
		fputs(text, line);
		return;
	}
	fputc('"', line);
	put_escaped(line, text);
	fputc('"', line);
}

static void put_number(FILE *line, enum log_format format, const char *key, int64_t number)
{
	fprintf(line, format == LOG_FORMAT_JSON ? ",\"%s\":%" PRId64 : " %s=%" PRId64, key, number);
}

/* 2026-11-25T14:30:00.000001Z: always six digits, so that lines sort and align. */
static void put_time(FILE *line, const struct log *log)
{
	struct wall now = clock_wall(log->clock);
	int64_t fraction = now.us % 1000000;
	char text[WALL_TEXT];

	if (fraction < 0)
		fraction += 1000000;
	wall_format((struct wall){now.us - fraction}, text);
	text[strlen(text) - 1] = '\0';
	fprintf(line,
		log->format == LOG_FORMAT_JSON ? "{\"ts\":\"%s.%06" PRId64 "Z\""
					       : "ts=%s.%06" PRId64 "Z",
		text, fraction);
}

static void send_line(int fd, const char *line, size_t length)
{
	ssize_t sent;

	while (length > 0) {
		sent = write(fd, line, length);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return;
		line += sent;
		length -= (size_t)sent;
	}
}

void log_write(struct log *log, enum log_level level, const char *event, const char *message,
	const struct log_field *fields, size_t count)
{
	AUTO(alloc_free) char *text = NULL;
	size_t length = 0;
	FILE *line;

	if (!log_wants(log, level))
		return;
	line = open_memstream(&text, &length);
	must(line);
	if (log->journal)
		fprintf(line, "<%d>", levels[level].priority);
	put_time(line, log);
	put_text(line, log->format, "level", levels[level].name);
	put_text(line, log->format, "daemon", log->daemon);
	put_text(line, log->format, "event", event);
	put_text(line, log->format, "msg", message);
	for (size_t i = 0; i < count; i++) {
		if (!fields[i].key)
			continue;
		if (fields[i].text)
			put_text(line, log->format, fields[i].key, fields[i].text);
		else
			put_number(line, log->format, fields[i].key, fields[i].number);
	}
	fputs(log->format == LOG_FORMAT_JSON ? "}\n" : "\n", line);
	must(fclose(line) == 0);
	send_line(log->fd, text, length);
}
