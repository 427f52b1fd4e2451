/*
 * log.h - one line an event, to stderr, as logfmt or JSON.
 *
 * The function that decides what happens next logs, once. Text from outside is escaped here, so a field can
 * never break its line. Secrets are never arguments. A line begins with `<N>` when JOURNAL_STREAM is set.
 *   log_info(log, "question.asked", "a rule fired", LOG_TEXT("question_id", id), LOG_INT("attempt", 1));
 *   ts=2026-11-25T14:30:00.000001Z level=info daemon=evald event=question.asked msg="a rule fired" question_id=...
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/sys/attr.h"
#include "common/sys/clock.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

enum log_format {
	LOG_FORMAT_LOGFMT,
	LOG_FORMAT_JSON,
};

struct log;

struct log_field {
	const char *key;  /* NULL: no field */
	const char *text; /* used when not NULL, else number */
	int64_t number;
};

/* fd is written to and not closed; daemon is borrowed and must outlive the log. */
struct log *log_new(const char *daemon, enum log_level level, enum log_format format, int fd,
	const struct clock *clock);
void log_free(struct log **log);

bool log_wants(const struct log *log, enum log_level level);
void log_write(struct log *log, enum log_level level, const char *event, const char *message,
	const struct log_field *fields, size_t count);

/* A field whose text is NULL is written as an empty one. */
static inline struct log_field log_text_field(const char *key, const char *text)
{
	return (struct log_field){.key = key, .text = text ? text : ""};
}

#define LOG_TEXT(name, value) log_text_field(name, value)
#define LOG_INT(name, value) ((struct log_field){.key = (name), .number = (int64_t)(value)})

#define LOG_WITH(log, level, event, message, ...)                                                  \
	log_write(log, level, event, message, (const struct log_field[]){__VA_ARGS__},             \
		sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

/* Each takes at least one field: an event without an identity helps nobody. */
#define log_error(log, event, message, ...)                                                        \
	LOG_WITH(log, LOG_LEVEL_ERROR, event, message, __VA_ARGS__)
#define log_warning(log, event, message, ...)                                                      \
	LOG_WITH(log, LOG_LEVEL_WARNING, event, message, __VA_ARGS__)
#define log_info(log, event, message, ...)                                                         \
	LOG_WITH(log, LOG_LEVEL_INFO, event, message, __VA_ARGS__)
#define log_debug(log, event, message, ...)                                                        \
	LOG_WITH(log, LOG_LEVEL_DEBUG, event, message, __VA_ARGS__)
