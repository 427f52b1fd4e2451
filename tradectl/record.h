/*
 * record.h - writes what is known about an order, and logs the move that it was. Writing is tried again while the
 * session is away, for as long as the order's lease is worth: every write is guarded by the fence or is a fact that may
 * be told twice. What stays untold is found again by asking the broker.
 */
#pragma once

#include "tradectl/broker.h"
#include "tradectl/db.h"

struct tradectl;
struct records;

struct records *records_new(struct tradectl *t);
void records_free(struct records **records);
bool records_empty(const struct records *records);

/* The fact's texts are copied. answer (may be NULL) is what the broker said; its status and request id are logged. */
void record_write(struct records *records, const struct db_order *order, const struct db_fact *fact,
	const struct broker_answer *answer);

/* An order that the broker shows: DB_ACCEPT or DB_FOLLOW with the broker's object. */
void record_shown(struct records *records, const struct db_order *order, enum db_record how,
	const struct broker_answer *answer);

/* What the broker's stream has told and SQL has recorded: `order` in the state before it, now in that state. */
void record_heard(struct records *records, const struct db_order *order, const char *to);

/* An order at the broker that is not what we asked for: halts the account, then quarantines the order. */
void record_differs(
	struct records *records, const struct db_order *order, const struct broker_answer *answer);

/* A claimed order that no broker could take as it stands: blocked, and its person is told why. */
void record_impossible(struct records *records, const struct db_order *order, const char *why);

/* {"why", "http_status", "code", "message", "x_request_id"} for a record's detail; the caller frees (alloc_free). */
char *record_detail(const char *why, const struct broker_answer *answer);

/* Logs a move that happened in SQL by itself: a claim that was blocked, an approval that expired. */
void record_moved(
	struct tradectl *t, const struct db_order *order, const char *from, const char *to);
