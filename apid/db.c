/* db.c - see db.h. */
#include "apid/db.h"

#include <stdio.h>

#include "apid/apid.h"
#include "apid/request.h"
#include "common/sys/alloc.h"
#include "common/sys/failpoint.h"
#include "common/sys/sqlstate.h"
#include "common/trading/schema.h"

enum {
	DEADLINE_MS = 4000,
};

#define OWN "firebase_uid = nullif(current_setting('hybridhub.uid', true), '')"
#define PAGE "($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))"
#define QUESTION                                                                                   \
	"id, kind, question_text, question_type, min_value, max_value, source_tag, pipeline_key, " \
	"pipeline_step, status, answer, decision, reason, created_at, delivered_at, answered_at, " \
	"expires_at, metadata"
#define ORDER                                                                                      \
	"id, client_order_id, alpaca_order_id, symbol, side, order_type, notional_usd, qty, "      \
	"limit_price, time_in_force, status, broker_status, reason, mode, question_id, rule_id, "  \
	"filled_qty, filled_avg_price, created_at, submitted_at, filled_at, claim_after, "         \
	"cancel_requested_at"
#define OPEN                                                                                       \
	"status in ('queued', 'delivered') and (expires_at is null or expires_at > clock_now())"

/* clang-format off */
const struct pg_stmt db_statements[DB_STMT_COUNT] = {
	[DB_USER_SEEN] = {"user_seen", 0, "select tokens_valid_after from user_seen()"},
	[DB_QUESTIONS] = {"questions", 4,
		"select " QUESTION " from questions where " OWN " and ($1::text is null or status = $1) and " PAGE
		" order by created_at desc, id desc limit $4::bigint"},
	[DB_QUESTION] = {"question", 1, "select " QUESTION ", config_version, template_version, answered_by, shown_digest from questions where " OWN " and id = $1::uuid"},
	[DB_QUESTIONS_OPEN] = {"questions_open", 1,
		"select " QUESTION " from questions where " OWN " and " OPEN " order by created_at, id limit $1::bigint"},
	[DB_QUESTIONS_NAMED] = {"questions_named", 1,
		"select id, status from questions where " OWN " and id = any($1::uuid[])"},
	[DB_QUESTION_ANSWER] = {"question_answer", 3,
		"select question_answer as outcome from question_answer($1::uuid, $2::numeric, $3::text)"},
	[DB_QUESTION_ACK] = {"question_ack", 1, "select question_ack as outcome from question_ack($1::uuid)"},
	[DB_CONFIG_OWN] = {"config_own", 0,
		"select enabled, template_config, config, config_version from config_own()"},
	[DB_GUARDRAILS] = {"guardrails", 1,
		"select guardrails_in_force(nullif(current_setting('hybridhub.uid', true), ''), $1::jsonb, null)::text as body"},
	[DB_CONFIG_PUT] = {"config_put", 3,
		"select outcome, version from config_put($1::jsonb, $2::boolean, $3::integer)"},
	[DB_ORDERS] = {"orders", 4,
		"select " ORDER " from trade_orders where " OWN " and ($1::text is null or status = $1) and " PAGE
		" order by created_at desc, id desc limit $4::bigint"},
	[DB_ORDERS_NAMED] = {"orders_named", 1,
		"select " ORDER " from trade_orders where " OWN " and id = any($1::uuid[])"},
	[DB_ORDERS_RECENT] = {"orders_recent", 1,
		"select " ORDER " from trade_orders where " OWN " order by created_at desc, id desc limit $1::bigint"},
	[DB_ORDER] = {"order", 1, "select " ORDER ", extended_hours, cancel_requested_by, cancel_status from trade_orders where " OWN " and id = $1::uuid"},
	[DB_ORDER_EVENTS] = {"order_events", 1,
		"select from_status, to_status, at, reason, detail from trade_order_events where order_id = $1::uuid order by id"},
	[DB_ORDER_FILLS] = {"order_fills", 1,
		"select execution_id, qty, price, at from trade_fills where order_id = $1::uuid order by at, execution_id"},
	[DB_ORDER_CANCEL] = {"order_cancel", 1, "select order_cancel as outcome from order_cancel($1::uuid)"},
	[DB_SELF_HALT] = {"self_halt", 2, "select self_halt as level from self_halt($1::text, $2::text)"},
	[DB_STATUS] = {"status", 0,
		"select account, mode, halt_level, own_level, held_scope, held_level, held_reason, orders, orders_reason, market_open,"
		" market_changes_at, data_as_of, positions, guardrails, now from trading_status()"},
	[DB_SNAPSHOTS] = {"snapshots", 1,
		"select symbol, asset_class, feed, metric, price, volume, as_of, created_at from market_data_latest"
		" where symbol = $1 order by asset_class, feed, metric limit 200"},
	[DB_RULE_RESUME] = {"rule_resume", 1, "select rule_resume as outcome from rule_resume($1::text)"},
	[DB_RUNG_OWNERS] = {"rung_owners", 1, "select id, uid from rung_owners($1::uuid[])"},
	[DB_UNDELIVERED] = {"undelivered_owners", 0, "select id, uid from undelivered_owners()"},
};
/* clang-format on */

/* An answer's transaction is one pipeline: before it has left, when all of it has, and between its results. */
FAILPOINT_ON("A03.answering", "pg.unsent", "question_answer");
FAILPOINT_ON("A04.executed", "pg.executed", "question_answer");
FAILPOINT_ON("A05.answer_sent", "pg.sent", "question_answer");

const struct pg_stmt *const apid_statements[] = {
	&schema_statement,
	&db_statements[DB_USER_SEEN],
	&db_statements[DB_QUESTIONS],
	&db_statements[DB_QUESTION],
	&db_statements[DB_QUESTIONS_OPEN],
	&db_statements[DB_QUESTIONS_NAMED],
	&db_statements[DB_QUESTION_ANSWER],
	&db_statements[DB_QUESTION_ACK],
	&db_statements[DB_CONFIG_OWN],
	&db_statements[DB_GUARDRAILS],
	&db_statements[DB_CONFIG_PUT],
	&db_statements[DB_ORDERS],
	&db_statements[DB_ORDERS_NAMED],
	&db_statements[DB_ORDERS_RECENT],
	&db_statements[DB_ORDER],
	&db_statements[DB_ORDER_EVENTS],
	&db_statements[DB_ORDER_FILLS],
	&db_statements[DB_ORDER_CANCEL],
	&db_statements[DB_SELF_HALT],
	&db_statements[DB_STATUS],
	&db_statements[DB_SNAPSHOTS],
	&db_statements[DB_RULE_RESUME],
	&db_statements[DB_RUNG_OWNERS],
	&db_statements[DB_UNDELIVERED],
	NULL,
};

static const char *const channels[] = {
	"question_queued", "question_closed", "order_changed", "config_changed", NULL};

struct db {
	struct apid *apid;
	struct pg *listener;
	struct pg **askers;
	size_t count;
	bool stopping; /* the sessions are being freed: whoever is answered and asks on is refused */
};

struct db *db_new(struct apid *apid, const struct pg_hooks *hooks)
{
	struct db *db = alloc_zero(sizeof(*db));
	struct pg_options options = {
		.base = apid->base,
		.log = apid->log,
		.clock = apid->clock,
		.metrics = apid->metrics,
		.conninfo = daemon_common(apid->daemon)->database_url,
	};
	char name[32];

	db->apid = apid;
	db->count = (size_t)apid->settings->db_sessions;
	db->askers = alloc_array(db->count, sizeof(*db->askers));
	options.name = name;
	for (size_t i = 0; i < db->count; i++) {
		snprintf(name, sizeof(name), "hybridhub-apid-%zu", i + 1);
		db->askers[i] = pg_new(&options);
	}
	options.name = "hybridhub-apid-listen";
	options.channels = channels;
	options.hooks = *hooks;
	db->listener = pg_new(&options);
	return db;
}

void db_start(struct db *db)
{
	pg_start(db->listener);
	for (size_t i = 0; i < db->count; i++)
		pg_start(db->askers[i]);
}

void db_require_schema(struct db *db)
{
	schema_require(db->apid->daemon, db->listener);
}

void db_free(struct db **db)
{
	if (!*db)
		return;
	(*db)->stopping = true;
	pg_free(&(*db)->listener);
	for (size_t i = 0; i < (*db)->count; i++)
		pg_free(&(*db)->askers[i]);
	alloc_free(&(*db)->askers);
	alloc_free(db);
}

bool db_ready(const struct db *db)
{
	bool any = false;

	for (size_t i = 0; i < db->count; i++)
		any |= pg_ready(db->askers[i]);
	return any && pg_ready(db->listener);
}

size_t db_queued(const struct db *db)
{
	size_t queued = 0;

	for (size_t i = 0; i < db->count; i++)
		queued += pg_queued(db->askers[i]);
	return queued;
}

/* The session with the least to do, a standing one before one that is down. */
static struct pg *choose(const struct db *db)
{
	struct pg *best = db->askers[0];

	for (size_t i = 1; i < db->count; i++) {
		struct pg *pg = db->askers[i];

		if (pg_ready(pg) != pg_ready(best) ? pg_ready(pg) : pg_queued(pg) < pg_queued(best))
			best = pg;
	}
	return best;
}

void db_ask(struct db *db, const char *uid, const struct pg_call calls[], size_t count,
	pg_answer_fn *fn, void *owner)
{
	if (db->stopping) {
		fn(owner, &(struct pg_answer){.outcome = PG_REFUSED,
				  .sqlstate = "",
				  .error = "apid is stopping"});
		return;
	}
	pg_ask_together(choose(db), uid, calls, count, span_ms(DEADLINE_MS), fn, owner);
}

void db_problem(struct apid *apid, const struct pg_answer *answer, struct problem *problem)
{
	if (answer->outcome == PG_UNKNOWN) {
		problem_set(problem, 503,
			"The database did not answer in time. Ask again: sending the same once "
			"more is safe.");
		return;
	}
	if (!*answer->sqlstate) {
		problem_set(problem, 503,
			"The database cannot be reached. Try again in a few seconds.");
		return;
	}
	if (sqlstate_passes(answer->sqlstate)) {
		log_warning(apid->log, "db.busy", "the database could not serve a request now",
			LOG_TEXT("sqlstate", answer->sqlstate), LOG_TEXT("error", answer->error));
		problem_set(problem, 503,
			"The database could not do this now, and nothing has changed. Try again in "
			"a few seconds.");
		return;
	}
	log_error(apid->log, "db.refused", "the database refused a request's statement",
		LOG_TEXT("sqlstate", answer->sqlstate), LOG_TEXT("error", answer->error));
	problem_set(problem, 500,
		"The service made a mistake; it is in its log. Trying again will not help by "
		"itself.");
}

void db_refuse(struct request *request, const struct pg_answer *answer)
{
	struct problem problem = {0};

	db_problem(request->apid, answer, &problem);
	request_answer_problem(request, &problem);
}
