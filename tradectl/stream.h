/*
 * stream.h - the broker's trade-updates stream: what happened to an order, moments after it did. It only makes us faster:
 * polling stays the truth (follow.c), and nothing waits for the stream or is not ready without it. There is no replay, so
 * after each connect every open order is read. Events are recorded in the order in which they came, one at a time.
 */
#pragma once

#include "common/sys/uuid.h"

struct tradectl;
struct stream;

struct stream *stream_new(struct tradectl *t);
void stream_free(struct stream **stream);

/* Connects when it may, and sees whether it has gone silent; call it from a sweep. */
void stream_wake(struct stream *stream);
/* New keys, or no keys that count: the connection is made anew. */
void stream_again(struct stream *stream);
/* Nothing is taken any more. */
void stream_drain(struct stream *stream);

/* A poll has brought news of an order: a stream that works brings them too. */
void stream_expect(struct stream *stream, struct uuid id);
