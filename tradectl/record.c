/* record.c - see record.h. */
#include "tradectl/record.h"

#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "common/sys/json.h"
#include "common/sys/sqlstate.h"
#include "tradectl/follow.h"
#include "tradectl/moves.h"
#include "tradectl/stream.h"
#include "tradectl/told.h"
#include "tradectl/tradectl.h"
#include "tradectl/trip.h"

enum {
	AGAIN_MS = 500,
	PATIENCE_SEC = 30,
};

struct record {
	LIST_ENTRY(record) link;
	struct records *records;
	struct db_order order;
	struct db_fact fact;
	char *why, *detail; /* what the fact points to */
	int http_status;
	char request_id[BROKER_REQUEST_ID];
	struct mono give_up;
	struct event *again;
};

struct records {
	struct tradectl *t;
	LIST_HEAD(record_list, record) list;
};

struct records *records_new(struct tradectl *t)
{
	struct records *records = alloc_zero(sizeof(*records));

	records->t = t;
	LIST_INIT(&records->list);
	return records;
}

static void record_free(struct record *record)
{
	LIST_REMOVE(record, link);
	pg_forget(record->records->t->db.work, record);
	event_free(record->again);
	alloc_free(&record->why);
	alloc_free(&record->detail);
	alloc_free(&record);
}

void records_free(struct records **records)
{
	if (!*records)
		return;

	while (!LIST_EMPTY(&(*records)->list))
		record_free(LIST_FIRST(&(*records)->list));
	alloc_free(records);
}

bool records_empty(const struct records *records)
{
	return LIST_EMPTY(&records->list);
}

/* A person must act, or we are coping, or a state has changed. */
static enum log_level level_of(const char *status)
{
	if (strcmp(status, "quarantined") == 0 || strcmp(status, "unresolved") == 0)
		return LOG_LEVEL_ERROR;
	if (strcmp(status, "unknown") == 0 || strcmp(status, "rejected") == 0)
		return LOG_LEVEL_WARNING;
	return LOG_LEVEL_INFO;
}

static bool is_late(const char *from, const char *to)
{
	static const char *const given_up[] = {
		"unresolved", "blocked", "expired", "canceled", "rejected"};

	for (size_t i = 0; strcmp(to, "accepted") == 0 && i < LENGTH(given_up); i++)
		if (strcmp(from, given_up[i]) == 0)
			return true;
	return false;
}

static void log_move(struct tradectl *t, const struct db_order *order, const char *from,
	const char *to, const char *why, int http_status, const char *request_id)
{
	const char *sentence = moves_sentence(t->moves, from, to);
	char id[UUID_TEXT], event[DB_STATUS + 8];

	uuid_write(order->id, id);
	snprintf(event, sizeof(event), "order.%s", to);
	const struct log_field fields[] = {
		LOG_TEXT("order_id", id),
		LOG_TEXT("client_order_id", order->terms.client_order_id),
		LOG_TEXT("from", from),
		why && *why ? LOG_TEXT("why", why) : (struct log_field){0},
		http_status ? LOG_INT("http_status", http_status) : (struct log_field){0},
		*request_id ? LOG_TEXT("x_request_id", request_id) : (struct log_field){0},
	};
	log_write(t->log, level_of(to), event, sentence ? sentence : to, fields, LENGTH(fields));

	if (is_late(from, to))
		metric_add(t->metrics, "late_orders_total", NULL,
			"Orders found at the broker after we had given them up.", 1);
	AUTO(alloc_free) char *labels = alloc_print("outcome=\"%s\"", to);
	metric_add(
		t->metrics, "orders_total", labels, "Moves of orders by the state they led to.", 1);
}

void record_moved(
	struct tradectl *t, const struct db_order *order, const char *from, const char *to)
{
	log_move(t, order, from, to, order->reason, 0, "");
}

static void write_now(struct record *record);

static void on_again(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	write_now(owner);
}

/* The server judged the statement itself (a raise, a broken promise of ours): telling it again changes nothing. */
static bool is_final(const struct pg_answer *answer)
{
	return answer->outcome != PG_UNKNOWN && !sqlstate_passes(answer->sqlstate);
}

static void failed(struct record *record, const struct pg_answer *answer)
{
	struct tradectl *t = record->records->t;
	char id[UUID_TEXT];

	if (!is_final(answer) && !mono_reached(record->give_up, clock_mono(t->clock))) {
		event_add(record->again, &(struct timeval){.tv_usec = AGAIN_MS * 1000});
		return;
	}
	uuid_write(record->order.id, id);
	log_error(t->log, "order.unrecorded",
		"what is known could not be written; the order is asked for by id later",
		LOG_TEXT("order_id", id), LOG_TEXT("why", record->why),
		LOG_TEXT("error", answer->error));
	record_free(record);
	tradectl_quiet(t);
}

/* The fact is an order as the broker shows it. */
static bool is_shown(const struct record *record)
{
	return record->fact.record == DB_ACCEPT || record->fact.record == DB_FOLLOW;
}

/* The broker's word comes by several ways and is one move: told once. to: where the order is now. */
static bool is_news(const struct tradectl *t, struct uuid id, const char *to, bool shown)
{
	bool brokers = shown || strcmp(to, "accepted") == 0 ||
		       strcmp(to, "partially_filled") == 0 || strcmp(to, "filled") == 0;

	return !brokers || told_now(t->told, id, to);
}

static bool log_step(const struct record *record, const char *from, const char *to)
{
	struct tradectl *t = record->records->t;

	if (!is_news(t, record->order.id, to, is_shown(record)))
		return false;
	log_move(t, &record->order, from, to, record->why, record->http_status, record->request_id);
	return true;
}

/* The broker's word may take an order through `accepted` and on in one transaction, and one that was not sent may be taken
 * back on its way to `approved`. Returns whether it was news. */
static bool log_written(const struct record *record, const char *to)
{
	const struct moves *moves = record->records->t->moves;
	const char *from = record->order.status;
	const char *by_way_of = record->fact.record == DB_NOT_SENT ? "approved" : "accepted";

	if (strcmp(from, to) == 0 || strcmp(to, "fenced") == 0) {
		log_debug(record->records->t->log, "order.unmoved", "the record moved nothing",
			LOG_TEXT("client_order_id", record->order.terms.client_order_id),
			LOG_TEXT("from", from), LOG_TEXT("answer", to));
		return false;
	}
	if (moves_sentence(moves, from, to) || !moves_sentence(moves, from, by_way_of) ||
		!moves_sentence(moves, by_way_of, to))
		return log_step(record, from, to);
	log_step(record, from, by_way_of);
	return log_step(record, by_way_of, to);
}

/* SQL saw what the terms do not show: another broker id under our id, our id on another's, a replaced order. Whatever it
 * is, it may be live and is not what a person approved. */
static void halt_if_quarantined(struct tradectl *t, const struct db_order *order, const char *to)
{
	char reason[256];

	if (strcmp(to, "quarantined") != 0 || strcmp(order->status, "quarantined") == 0)
		return;

	snprintf(reason, sizeof(reason),
		"order %s: the broker's id for it changed, is another order's, or it was replaced "
		"there",
		order->terms.client_order_id);
	trip_halt(t->trip, reason, NULL, NULL);
}

void record_heard(struct records *records, const struct db_order *order, const char *to)
{
	const struct record heard = {
		.records = records, .order = *order, .fact = {.record = DB_FOLLOW}};

	if (strcmp(order->status, to) == 0)
		(void)told_now(records->t->told, order->id, to); /* somebody else was first */
	else
		(void)log_written(&heard, to);
	halt_if_quarantined(records->t, order, to);
}

static void written(void *owner, const struct pg_answer *answer)
{
	struct record *record = owner;
	struct tradectl *t = record->records->t;

	if (answer->outcome != PG_DONE || FAILPOINT("T13.recorded"))
		return failed(record, answer);

	bool news = log_written(record, db_text(answer));
	if (is_shown(record))
		halt_if_quarantined(t, &record->order, db_text(answer));
	if (strcmp(db_text(answer), "rejected") == 0)
		trip_look(t->trip);
	if (news && record->fact.record == DB_FOLLOW)
		stream_expect(t->stream, record->order.id);
	if (record->fact.record == DB_ACCEPT && strcmp(db_text(answer), "accepted") == 0)
		follow_soon(t->follow, &record->order);
	record_free(record);
	tradectl_quiet(t);
}

static void write_now(struct record *record)
{
	db_write(&record->records->t->db, &record->fact, written, record);
}

void record_write(struct records *records, const struct db_order *order, const struct db_fact *fact,
	const struct broker_answer *answer)
{
	struct record *record = alloc_zero(sizeof(*record));
	struct tradectl *t = records->t;

	record->records = records;
	record->order = *order;
	record->fact = *fact;
	record->why = alloc_text(fact->why);
	record->detail = alloc_text(fact->detail);
	record->fact.why = record->why;
	record->fact.detail = record->detail;
	record->fact.id = order->id;
	record->fact.fence = order->fence;
	record->give_up = mono_add(clock_mono(t->clock), span_sec(PATIENCE_SEC));
	record->again = event_new(t->base, -1, 0, on_again, record);
	if (answer) {
		record->http_status = answer->reply.status;
		snprintf(record->request_id, sizeof(record->request_id), "%s", answer->request_id);
	}
	LIST_INSERT_HEAD(&records->list, record, link);
	write_now(record);
}

void record_shown(struct records *records, const struct db_order *order, enum db_record how,
	const struct broker_answer *answer)
{
	AUTO(alloc_free) char *detail = echo_json(answer->echo);
	struct db_order shown = *order;

	snprintf(shown.broker_id, sizeof(shown.broker_id), "%s", echo_id(answer->echo));
	record_write(records, &shown, &(struct db_fact){.record = how, .detail = detail}, answer);
}

struct differing {
	struct records *records;
	struct db_order order;
	struct broker_answer answer;
	char *detail;
};

static void on_halted(void *owner, bool halted)
{
	struct differing *differing = owner;

	/* Without the halt the order stays as it is: it is asked for again, and differs again. */
	if (halted)
		record_write(differing->records, &differing->order,
			&(struct db_fact){.record = DB_QUARANTINE,
				.why = differing->answer.error,
				.detail = differing->detail},
			&differing->answer);
	alloc_free(&differing->detail);
	alloc_free(&differing);
}

void record_differs(
	struct records *records, const struct db_order *order, const struct broker_answer *answer)
{
	struct differing *differing = alloc_zero(sizeof(*differing));
	char reason[512];

	differing->records = records;
	differing->order = *order;
	differing->answer = *answer;
	differing->answer.echo = NULL;
	differing->detail = echo_json(answer->echo);
	snprintf(reason, sizeof(reason), "order %s: %s", order->terms.client_order_id,
		answer->error);
	trip_halt(records->t->trip, reason, on_halted, differing);
}

void record_impossible(struct records *records, const struct db_order *order, const char *why)
{
	AUTO(json_free) cJSON *said = cJSON_CreateObject();

	json_add_text(said, "message", why);
	AUTO(alloc_free) char *detail = json_print(said);
	record_write(records, order,
		&(struct db_fact){.record = DB_BLOCK, .why = "BAD_ORDER", .detail = detail}, NULL);
}

char *record_detail(const char *why, const struct broker_answer *answer)
{
	AUTO(json_free) cJSON *detail = cJSON_CreateObject();
	char number[24];

	json_add_text(detail, "why", why);
	if (answer && answer->reply.complete) {
		snprintf(number, sizeof(number), "%d", answer->reply.status);
		json_add_number(detail, "http_status", number);
		json_add_text(detail, "x_request_id", answer->request_id);
	}
	if (answer && answer->reply.error.envelope) {
		snprintf(number, sizeof(number), "%lld", (long long)answer->reply.error.code);
		json_add_number(detail, "code", number);
		json_add_text(detail, "message", answer->reply.error.message);
	}
	return json_print(detail);
}
