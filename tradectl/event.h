/*
 * event.h - what a frame of the broker's trade-updates stream says. Pure.
 * Source: docs/broker.md, "Trade updates": JSON in binary or text frames, a heartbeat of one byte, unknown events and
 * members are fine.
 */
#pragma once

#include <stddef.h>

enum event_kind {
	EVENT_NONE, /* a heartbeat, an empty frame, another stream's message */
	EVENT_AUTHORIZED,
	EVENT_UNAUTHORIZED,
	EVENT_LISTENING, /* to trade_updates */
	EVENT_NOT_LISTENING,
	EVENT_UPDATE,
	EVENT_ERROR,	  /* the broker says that it failed, in `why` */
	EVENT_UNREADABLE, /* why it is, in `why` */
};

enum {
	EVENT_NAME = 32,
	EVENT_WHY = 160,
	EVENT_ID = 64,
};

struct event_read {
	enum event_kind kind;
	char why[EVENT_WHY];
	/* of an update */
	char name[EVENT_NAME];		/* fill, canceled, ...; any word */
	char client_order_id[EVENT_ID]; /* whose order it is is not known yet */
	char *json; /* what order_fill takes: allow-listed, decimals and times as echo.h writes them */
};

void event_read(const char *bytes, size_t length, struct event_read *out);
void event_done(struct event_read *event);

/* The two messages that open the stream; the caller wipes and frees them (event_wipe). */
char *event_authenticate(const char *key_id, const char *secret);
char *event_listen(void);
void event_wipe(char **message);

/* The label of a metric: the name where it is one that the broker documents, else `other`. */
const char *event_label(const char *name);
