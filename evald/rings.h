/*
 * rings.h - question_closed: whose rings are our own, and which closed questions the log is told about.
 *
 * evald closes questions itself (expired, superseded). Their rings come back to it, and would bring a turn that finds
 * nothing; they are recognised by their ids.
 */
#pragma once

#include <stdbool.h>

#include "common/sys/uuid.h"

struct eval;
struct rings;

struct rings *rings_new(struct eval *eval);
void rings_free(struct rings **rings);
void rings_stop(struct rings *rings);

/* We have closed it ourselves. */
void rings_own(struct rings *rings, struct uuid id);
/* A ring; payload is an id, or `*`. */
void rings_closed(struct rings *rings, const char *payload);
/* A turn is over: rings that came meanwhile are looked at. */
void rings_settle(struct rings *rings);
