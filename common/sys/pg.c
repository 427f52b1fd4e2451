/* pg.c - the life of a session: connect, subscribe, up, loss, again. See pg.h. */
#include "common/sys/pg.h"

#include <stdlib.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/pg_own.h"

enum {
	STEADY_SEC =
		5, /* a session that lived so long was a good one: the next loss is tried again at once */
};

static void on_kick(evutil_socket_t fd, short what, void *owner);
static void on_timer(evutil_socket_t fd, short what, void *owner);

void pg_enter(struct pg *pg)
{
	pg->entered++;
}

static void pg_destroy(struct pg *pg)
{
	pg_params_free(&pg->params);
	alloc_free(&pg->name);
	alloc_free(&pg->label);
	alloc_free(&pg->why);
	alloc_free(&pg->farewell);
	alloc_free(&pg->prepared);
	alloc_free(&pg);
}

/* The owner may free us in any callback; what is on the stack still reads us until it is left. */
void pg_leave(struct pg *pg)
{
	if (--pg->entered == 0 && pg->freed)
		pg_destroy(pg);
}

void pg_look(struct pg *pg)
{
	if (!pg->freed)
		event_active(pg->kick, EV_TIMEOUT, 0);
}

char *pg_line(const char *text)
{
	char *line = alloc_text(text != NULL ? text : "");
	size_t length = strlen(line);

	while (length > 0 && strchr("\n\t ", line[length - 1]) != NULL)
		line[--length] = '\0';
	for (char *at = line; *at != '\0'; at++) {
		if (*at == '\n' || *at == '\t')
			*at = ' ';
	}
	return line;
}

struct pg *pg_new(const struct pg_options *options)
{
	struct pg *pg = alloc_zero(sizeof(*pg));

	pg->base = options->base;
	pg->log = options->log;
	pg->clock = options->clock;
	pg->metrics = options->metrics;
	pg->name = alloc_text(options->name);
	pg->label = alloc_print("session=\"%s\"", options->name);
	pg->channels = options->channels;
	pg->hooks = options->hooks;
	pg->params = pg_params_new(options->conninfo, options->name);
	pg->backoff = (struct backoff){.first = span_ms(100), .most = span_sec(4)};
	pg->why = alloc_text("not connected yet");
	STAILQ_INIT(&pg->queue);
	pg->timer = evtimer_new(pg->base, on_timer, pg);
	pg->kick = event_new(pg->base, -1, 0, on_kick, pg);
	must(pg->timer != NULL && pg->kick != NULL);
	return pg;
}

static void event_drop(struct event **event)
{
	if (*event != NULL)
		event_free(*event);
	*event = NULL;
}

/* The events go first: libpq closes the socket, and its number may be somebody else's the next moment. */
static void hang_up(struct pg *pg)
{
	event_drop(&pg->reader);
	event_drop(&pg->writer);
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->prepared_count = 0;
	pg->rollback_due = false;
}

void pg_free(struct pg **pg)
{
	struct pg *old = *pg;

	*pg = NULL;
	if (old == NULL)
		return;
	pg_enter(old);
	old->freed = true;
	hang_up(old);
	event_drop(&old->timer);
	event_drop(&old->kick);
	pg_answer_all(old);
	pg_leave(old);
}

static void arm(struct pg *pg, struct span after)
{
	struct timeval wait = span_timeval(after);

	event_add(pg->timer, &wait);
}

void pg_start(struct pg *pg)
{
	if (pg->state != PG_STOPPED)
		return;
	pg->state = PG_WAITING;
	arm(pg, (struct span){0});
}

void pg_sever(struct pg *pg, const char *why)
{
	char *line = pg_line(pg->farewell != NULL ? pg->farewell : why);

	if (pg->conn == NULL) {
		alloc_free(&line);
		return;
	}
	alloc_free(&pg->why);
	alloc_free(&pg->farewell);
	pg->why = line;
	hang_up(pg);
	pg->state = PG_SEVERED;
	event_del(pg->timer);
	pg_look(pg);
}

void pg_drop(struct pg *pg, const char *why)
{
	pg_sever(pg, why);
}

bool pg_ready(const struct pg *pg)
{
	return pg->state == PG_UP;
}

const char *pg_trouble(const struct pg *pg)
{
	return pg->state == PG_UP ? NULL : pg->why;
}

static void note_up(struct pg *pg)
{
	if (pg->metrics != NULL)
		metric_set(pg->metrics, "db_up", pg->label, "Whether the session is up.",
			pg->state == PG_UP);
}

static void note_loss(struct pg *pg)
{
	note_up(pg);
	if (pg->said == PG_SAID_DOWN) {
		log_debug(pg->log, "db.still_down", "trying again", LOG_TEXT("session", pg->name),
			LOG_TEXT("error", pg->why));
		return;
	}
	pg->said = PG_SAID_DOWN;
	log_warning(pg->log, "db.down", "no database session; trying again until there is one",
		LOG_TEXT("session", pg->name), LOG_TEXT("error", pg->why));
}

/* The second half of a loss, from the loop: the state is set first, then everybody is told. */
static void settle(struct pg *pg)
{
	struct pg_job *lost = TAKE(pg->flight);
	bool told_up = pg->told_up;

	if (told_up && mono_since(clock_mono(pg->clock), pg->up_at).us >= span_sec(STEADY_SEC).us)
		backoff_reset(&pg->backoff);
	pg->told_up = false;
	pg->state = PG_WAITING;
	arm(pg, backoff_next(&pg->backoff, arc4random()));
	note_loss(pg);
	if (lost != NULL)
		pg_answer_lost(pg, lost);
	if (!pg->freed && told_up && pg->hooks.down != NULL)
		pg->hooks.down(pg->hooks.owner, pg->why);
}

static void on_kick(evutil_socket_t fd, short what, void *owner)
{
	struct pg *pg = owner;

	(void)fd;
	(void)what;
	pg_enter(pg);
	if (pg->state == PG_SEVERED)
		settle(pg);
	else
		pg_work(pg);
	pg_leave(pg);
}

void pg_rose(struct pg *pg)
{
	pg->state = PG_UP;
	pg->up_at = clock_mono(pg->clock);
	pg->told_up = true;
	note_up(pg);
	if (pg->metrics != NULL)
		metric_add(pg->metrics, "db_reconnects_total", pg->label,
			"Sessions after the first.", pg->said == PG_SAID_NOTHING ? 0 : 1);
	pg->said = PG_SAID_UP;
	log_info(pg->log, "db.up", "session stands and listens", LOG_TEXT("session", pg->name),
		LOG_INT("backend", PQbackendPID(pg->conn)));
	if (pg->hooks.up != NULL)
		pg->hooks.up(pg->hooks.owner);
}

void pg_flush(struct pg *pg)
{
	int unsent = PQflush(pg->conn);

	if (unsent < 0)
		pg_sever(pg, PQerrorMessage(pg->conn));
	else if (unsent > 0)
		event_add(pg->writer, NULL);
}

/* Also while nothing is asked: a failed read is a lost session. While writing waits, libpq may have read along. */
static void on_socket(evutil_socket_t fd, short what, void *owner)
{
	struct pg *pg = owner;

	(void)fd;
	pg_enter(pg);
	if (PQconsumeInput(pg->conn) == 0)
		pg_sever(pg, PQerrorMessage(pg->conn));
	else
		pg_work(pg);
	if ((what & EV_WRITE) != 0 && pg->conn != NULL)
		pg_flush(pg);
	pg_leave(pg);
}

static void connected(struct pg *pg)
{
	event_del(pg->timer);
	event_drop(&pg->reader);
	must(PQsetnonblocking(pg->conn, 1) == 0);
	pg->reader = event_new(pg->base, PQsocket(pg->conn), EV_READ | EV_PERSIST, on_socket, pg);
	pg->writer = event_new(pg->base, PQsocket(pg->conn), EV_WRITE, on_socket, pg);
	must(pg->reader != NULL && pg->writer != NULL && event_add(pg->reader, NULL) == 0);
	pg->state = PG_SUBSCRIBING;
	pg_fly(pg, pg_job_new(pg, PG_JOB_SUBSCRIBE));
}

static void on_connecting(evutil_socket_t fd, short what, void *owner);

/* libpq may change the socket from one step to the next: each wait is an event of its own. */
static void await(struct pg *pg, short what)
{
	event_drop(&pg->reader);
	pg->reader = event_new(pg->base, PQsocket(pg->conn), what, on_connecting, pg);
	must(pg->reader != NULL && event_add(pg->reader, NULL) == 0);
}

static void on_connecting(evutil_socket_t fd, short what, void *owner)
{
	struct pg *pg = owner;

	(void)fd;
	(void)what;
	pg_enter(pg);
	switch (PQconnectPoll(pg->conn)) {
	case PGRES_POLLING_READING:
		await(pg, EV_READ);
		break;
	case PGRES_POLLING_WRITING:
		await(pg, EV_WRITE);
		break;
	case PGRES_POLLING_OK:
		connected(pg);
		break;
	case PGRES_POLLING_FAILED:
	case PGRES_POLLING_ACTIVE:
		pg_sever(pg, PQerrorMessage(pg->conn));
		break;
	}
	pg_leave(pg);
}

/* Without this libpq writes to stderr by itself. A FATAL that comes while nothing is asked is a notice, too. */
static void on_notice(void *owner, const PGresult *result)
{
	struct pg *pg = owner;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (severity == NULL || text == NULL)
		return;
	/* A server that stops at once says so in a WARNING. */
	if (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0 ||
		(sqlstate != NULL && strncmp(sqlstate, "57P", 3) == 0)) {
		pg->warned = true;
		alloc_free(&pg->farewell);
		pg->farewell = alloc_text(text);
		return;
	}
	if (strcmp(severity, "WARNING") != 0) {
		log_debug(pg->log, "db.notice", "the server says", LOG_TEXT("session", pg->name),
			LOG_TEXT("text", text));
		return;
	}
	pg->warned = true;
	log_warning(pg->log, "db.warning", "the server warns", LOG_TEXT("session", pg->name),
		LOG_TEXT("text", text));
}

static void connect_begin(struct pg *pg)
{
	pg->conn =
		PQconnectStartParams(pg_params_keys(pg->params), pg_params_values(pg->params), 0);
	must(pg->conn != NULL);
	PQsetNoticeReceiver(pg->conn, on_notice, pg);
	pg->state = PG_CONNECTING;
	arm(pg, pg_params_timeout(pg->params));
	if (PQstatus(pg->conn) == CONNECTION_BAD)
		pg_sever(pg, PQerrorMessage(pg->conn));
	else
		await(pg, EV_WRITE);
}

static void on_timer(evutil_socket_t fd, short what, void *owner)
{
	struct pg *pg = owner;

	(void)fd;
	(void)what;
	pg_enter(pg);
	if (pg->state == PG_CONNECTING) {
		pg_params_rotate(pg->params);
		pg_sever(pg, "no connection in time");
	} else if (pg->state == PG_WAITING) {
		connect_begin(pg);
	}
	pg_leave(pg);
}
