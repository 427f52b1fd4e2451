/*
 * told.h - which moves of which orders this process has told lately: the broker's word comes by the answer to the POST, by
 * polls and by the stream, often all three, and is one move. Pure; remembers the newest few hundred.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/uuid.h"

struct told;

struct told *told_new(void);
void told_free(struct told **told);

/* Remembers it; true when it was not known yet. to: a state that the broker brings an order to, once in its life. */
bool told_now(struct told *told, struct uuid id, const char *to);
