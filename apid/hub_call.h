/* hub_call.h - what a client may call: SubmitAnswer(id, answer), GetPendingQuestions(), AckQuestion(id). One at a time
 * a connection, in order. */
#pragma once

struct hub_conn;
struct hub_message;

/* Completes the call, now or when the database has answered; then hub_conn_called(). */
void hub_call_begin(struct hub_conn *conn, const struct hub_message *message);
/* The connection goes: the call under way completes into nothing. */
void hub_call_abandon(struct hub_conn *conn);
