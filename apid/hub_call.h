/* hub_call.h - what a client may call: SubmitAnswer(id, answer), GetPendingQuestions(), AckQuestion(id). One at a time
 * a connection, in order. */
#pragma once

#include "apid/token.h"

struct apid;
struct hub_call;
struct hub_message;

/* The completion as a whole record, borrowed; NULL when none is wanted. The call is gone. */
typedef void hub_called_fn(void *owner, const char *record);

struct hub_call *hub_call_new(
	struct apid *apid, const struct token *who, hub_called_fn *fn, void *owner);
/* Completes the call: fn is called, now or when the database has answered. */
void hub_call_begin(struct hub_call *call, const struct hub_message *message);
/* Who called goes: the call completes into nothing. NULL is fine. */
void hub_call_abandon(struct hub_call *call);
