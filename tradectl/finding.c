/* finding.c - see finding.h. */
#include "tradectl/finding.h"

#include <stdio.h>
#include <string.h>

#include "tradectl/broker.h"
#include "tradectl/record.h"
#include "tradectl/tradectl.h"

bool finding_matched(struct tradectl *t, struct findings *findings, const struct db_order *order,
	const struct echo *echo)
{
	struct broker_answer answer = {
		.reply = {.complete = true, .status = 200, .order = true}, .echo = echo};

	if (strcmp(order->status, "foreign") == 0) {
		findings->foreign++;
		return false;
	}
	if (strcmp(order->status, "unexplained") == 0)
		return true;

	findings->news++;
	/* Where the broker's id is known the terms were compared once already. */
	if (order->broker_id[0] == '\0')
		answer.reply.differs = echo_differs(echo, &order->terms);
	if (!answer.reply.differs) {
		record_shown(t->records, order, order->broker_id[0] == '\0' ? DB_ACCEPT : DB_FOLLOW,
			&answer);
		return false;
	}
	snprintf(answer.error, sizeof(answer.error), "the broker's order differs from ours in %s",
		answer.reply.differs);
	record_differs(t->records, order, &answer);
	return false;
}

static void adopted(struct tradectl *t, struct findings *findings, const struct db_noted *noted)
{
	findings->adopted++;
	metric_add(t->metrics, "reconcile_adopted_total", NULL,
		"Orders that were at the broker and that the database did not know.", 1);
	log_warning(t->log, "order.adopted",
		"an order at the broker that the database did not know: its question is closed as "
		"approved",
		LOG_TEXT("client_order_id", noted->client_order_id),
		LOG_TEXT("account", t->db.account));
}

void finding_noted(struct tradectl *t, struct findings *findings, const struct pg_answer *answer)
{
	struct db_noted noted;
	struct err err;

	if (db_noted(answer, &noted, &err) < 0) {
		log_error(t->log, "order.unreadable", "what an order is cannot be read",
			LOG_TEXT("error", err.text));
		return;
	}
	if (strcmp(noted.what, "foreign") == 0) {
		findings->foreign++;
	} else if (strcmp(noted.what, "adopted") == 0 || strcmp(noted.what, "against") == 0) {
		/* Against its person's answer: it is there all the same, and trips_owed sees that answer. */
		adopted(t, findings, &noted);
	} else if (strcmp(noted.what, "orphan") == 0 || strcmp(noted.what, "differs") == 0) {
		findings->orphans++;
	}
}
