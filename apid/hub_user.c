/* hub_user.c - see hub_user.h: reads a person's rows and tells the sockets what is new. */
#include "apid/hub_user.h"

#include <stdio.h>
#include <string.h>

#include "apid/apid.h"
#include "apid/db.h"
#include "apid/db_row.h"
#include "apid/hub_conn.h"
#include "apid/hub_record.h"
#include "apid/order.h"
#include "apid/question.h"
#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "common/sys/json.h"

enum {
	OPEN_MOST = 200,
	RECENT_MOST = 20,
};

struct hub_user *hub_user_of(struct hub *hub, const char *uid)
{
	struct hub_user *user = (struct hub_user *)(void *)keyed_find(&hub->users, uid);

	if (user)
		return user;
	user = alloc_zero(sizeof(*user));
	user->hub = hub;
	user->checked_at = clock_mono(hub->apid->clock);
	TAILQ_INIT(&user->conns);
	keyed_add(&hub->users, uid, &user->node);
	return user;
}

void hub_user_release(struct hub_user *user)
{
	if (user->nconns || user->reading || user->checking)
		return;
	keyed_remove(&user->hub->users, &user->node);
	ids_clear(&user->closed);
	ids_clear(&user->asked);
	ids_clear(&user->orders);
	alloc_free(&user);
}

static void tell(struct hub_user *user, const char *target, cJSON *argument)
{
	AUTO(alloc_free) char *record = hub_print_invocation(target, argument);
	struct hub_conn *conn;

	TAILQ_FOREACH(conn, &user->conns, entry)
	{
		hub_conn_send(conn, record);
	}
}

/* To each socket that has not had it; one that is full gets it later. */
static void tell_question(struct hub_user *user, const PGresult *rows, int row)
{
	AUTO(alloc_free) char *record = NULL;
	struct hub_conn *conn;
	struct uuid id;

	if (!row_uuid(rows, row, "id", &id) || FAILPOINT("A08.selected"))
		return;
	TAILQ_FOREACH(conn, &user->conns, entry)
	{
		if (!hub_conn_is_open(conn) || ids_has(&conn->sent, id))
			continue;
		conn->behind |= hub_conn_is_full(conn);
		if (conn->behind)
			continue;
		if (!record)
			record = hub_print_invocation(
				"ReceiveQuestion", row_object(rows, row, question_fields));
		hub_conn_send(conn, record);
		if (FAILPOINT("A09.pushed"))
			continue;
		ids_add(&conn->sent, id);
	}
}

static bool is_open(const char *status)
{
	return strcmp(status, "queued") == 0 || strcmp(status, "delivered") == 0;
}

static void tell_resolved(struct hub_user *user, const PGresult *rows, int row)
{
	const char *status = row_text(rows, row, "status");
	struct hub_conn *conn;
	cJSON *resolved;
	struct uuid id;

	if (!status || is_open(status) || !row_uuid(rows, row, "id", &id))
		return;
	TAILQ_FOREACH(conn, &user->conns, entry)
	{
		ids_remove(&conn->sent, id);
	}
	resolved = cJSON_CreateObject();
	json_add_text(resolved, "id", row_text(rows, row, "id"));
	json_add_text(resolved, "status", status);
	tell(user, "QuestionResolved", resolved);
}

static bool row_is_among(const PGresult *rows, struct uuid id)
{
	struct uuid found;

	for (int row = 0; row < row_count(rows); row++)
		if (row_uuid(rows, row, "id", &found) && uuid_same(found, id))
			return true;
	return false;
}

/* A question that a socket shows and that is not open any more: its ring was lost, or its time is over and nobody has
 * closed it yet; then once a read is enough. */
static void find_silent(struct hub_user *user, const PGresult *open)
{
	struct hub_conn *conn;

	if (row_count(open) >= OPEN_MOST)
		return;
	TAILQ_FOREACH(conn, &user->conns, entry)
	{
		for (size_t i = 0; i < conn->sent.count; i++)
			if (!row_is_among(open, conn->sent.items[i]) &&
				!ids_has(&user->asked, conn->sent.items[i]))
				ids_add(&user->closed, conn->sent.items[i]);
	}
}

static void tell_all(struct hub_user *user, const struct pg_answer *answer)
{
	const PGresult *open = answer->results[0], *named = answer->results[1];
	const PGresult *orders = answer->results[2], *recent = answer->results[3];

	for (int row = 0; row < row_count(open); row++)
		tell_question(user, open, row);
	for (int row = 0; row < row_count(named); row++)
		tell_resolved(user, named, row);
	for (int row = 0; row < row_count(orders); row++)
		tell(user, "ReceiveTradeUpdate", row_object(orders, row, order_fields));
	for (int row = row_count(recent) - 1; row >= 0; row--)
		tell(user, "ReceiveTradeUpdate", row_object(recent, row, order_fields));
	find_silent(user, open);
}

static void was_read(void *owner, const struct pg_answer *answer)
{
	struct hub_user *user = owner;

	user->reading = false;
	if (answer->outcome == PG_DONE) {
		tell_all(user, answer);
		if (user->closed.count || user->orders.count || user->look)
			hub_user_read(user);
	} else { /* the sweep tries again; which orders rang is forgotten, so the newest are told */
		user->look = true;
		user->recent = true;
	}
	hub_user_release(user);
}

/* What is read is no longer due. */
void hub_user_read(struct hub_user *user)
{
	AUTO(alloc_free) char *closed = NULL;
	AUTO(alloc_free) char *orders = NULL;
	char open[8], recent[8];

	if (user->reading || !user->nconns)
		return;
	closed = ids_text(&user->closed);
	orders = ids_text(&user->orders);
	snprintf(open, sizeof(open), "%d", OPEN_MOST);
	snprintf(recent, sizeof(recent), "%d", user->recent ? RECENT_MOST : 0);
	ids_clear(&user->asked);
	user->asked = user->closed;
	user->closed = (struct ids){0};
	ids_clear(&user->orders);
	user->look = false;
	user->recent = false;
	user->reading = true;
	db_ask(user->hub->apid->db, user->node.key,
		(const struct pg_call[]){
			DB_CALL(DB_QUESTIONS_OPEN, open),
			DB_CALL(DB_QUESTIONS_NAMED, closed),
			DB_CALL(DB_ORDERS_NAMED, orders),
			DB_CALL(DB_ORDERS_RECENT, recent),
		},
		4, was_read, user);
}
