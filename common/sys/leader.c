/* leader.c - see leader.h. */
#include "common/sys/leader.h"

#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"

static const struct pg_stmt take_lock = {
	"leader_take", 1, "select pg_try_advisory_lock(hashtextextended($1, 0))"};

enum {
	EVERY_SEC = 2,
	DEADLINE_SEC = 5,
};

struct leader {
	struct log *log;
	struct pg *pg;
	char *name;
	struct leader_hooks hooks;
	struct event *timer;
	bool up;
	bool asking;
	bool holds;
	bool stands_by; /* has been logged */
};

static void try_later(struct leader *leader)
{
	struct timeval after = {.tv_sec = EVERY_SEC};

	event_add(leader->timer, &after);
}

static void gain(struct leader *leader)
{
	leader->holds = true;
	leader->stands_by = false;
	log_info(leader->log, "leader.gained", "leading", LOG_TEXT("name", leader->name));
	if (leader->hooks.gained != NULL)
		leader->hooks.gained(leader->hooks.owner);
}

static void stand_by(struct leader *leader)
{
	if (!leader->stands_by)
		log_info(leader->log, "leader.stands_by", "another one leads; trying again",
			LOG_TEXT("name", leader->name));
	leader->stands_by = true;
	try_later(leader);
}

static void tried(void *owner, const struct pg_answer *answer)
{
	struct leader *leader = owner;

	leader->asking = false;
	if (!leader->up)
		return;
	if (answer->outcome != PG_DONE)
		try_later(leader);
	else if (strcmp(PQgetvalue(answer->results[0], 0, 0), "t") == 0)
		gain(leader);
	else
		stand_by(leader);
}

static void try_now(struct leader *leader)
{
	const char *const params[] = {leader->name};

	if (!leader->up || leader->asking || leader->holds)
		return;
	leader->asking = true;
	pg_ask(leader->pg, &take_lock, params, span_sec(DEADLINE_SEC), tried, leader);
}

static void on_timer(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	try_now(owner);
}

struct leader *leader_new(struct event_base *base, struct log *log, struct pg *pg, const char *name,
	const struct leader_hooks *hooks)
{
	struct leader *leader = alloc_zero(sizeof(*leader));

	leader->log = log;
	leader->pg = pg;
	leader->name = alloc_text(name);
	leader->hooks = *hooks;
	leader->timer = evtimer_new(base, on_timer, leader);
	must(leader->timer != NULL);
	return leader;
}

void leader_free(struct leader **leader)
{
	if (*leader == NULL)
		return;
	pg_forget((*leader)->pg, *leader);
	event_free((*leader)->timer);
	alloc_free(&(*leader)->name);
	alloc_free(leader);
}

void leader_up(struct leader *leader)
{
	leader->up = true;
	try_now(leader);
}

void leader_down(struct leader *leader)
{
	bool held = leader->holds;

	leader->up = false;
	leader->holds = false;
	leader->stands_by = false;
	event_del(leader->timer);
	if (!held)
		return;
	log_warning(leader->log, "leader.lost", "the session is gone and the lead with it",
		LOG_TEXT("name", leader->name));
	if (leader->hooks.lost != NULL)
		leader->hooks.lost(leader->hooks.owner);
}
