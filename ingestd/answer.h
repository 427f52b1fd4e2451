/*
 * answer.h - what an answer of Alpaca's data or trading host means to a reader. Pure.
 *
 * A GET that failed may be asked again, so there are no unknown outcomes here, only reasons and waits. Bodies of
 * errors are not trusted to be JSON: 401 also comes as nginx's HTML page (docs/broker.md, "Refusals of the data host").
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum answer_kind {
	ANSWER_OK,
	ANSWER_BAD_SYMBOL, /* 400 that names one symbol: the whole batch failed because of it */
	ANSWER_DENIED,	   /* 401, 403: key or plan */
	ANSWER_THROTTLED,  /* 429 */
	ANSWER_REFUSED, /* any other status below 500: asking the same again will not help soon */
	ANSWER_FAILED,	/* 5xx, a lost connection, a body that is no JSON */
};

enum {
	ANSWER_SYMBOL = 32,
	ANSWER_MESSAGE = 200,
};

struct answer {
	enum answer_kind kind;
	char symbol[ANSWER_SYMBOL];   /* BAD_SYMBOL only */
	char message[ANSWER_MESSAGE]; /* the host's own words, or ours; "" for OK */
};

/* The word a metric and a log line use: bad_symbol, denied, ... */
const char *answer_kind_text(enum answer_kind kind);

/* status 0 = no complete response came and `error` says why. Of a 200 only the status is judged: its body is for the
 * parser. How long a 429 lasts is common/alpaca/pace.h's. */
void answer_read(
	long status, const char *body, size_t length, const char *error, struct answer *out);
