/* serve.c - see serve.h. */
#include "tradectl/serve.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "tradectl/broker.h"
#include "tradectl/seen.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"
#include "tradectl/trouble.h"

enum {
	EVERY = 5, /* sweeps: 10 s */
};

struct serve {
	struct tradectl *t;
	unsigned sweeps;
	bool asking;
	const char *told; /* code of the trouble that the database was told last; NULL = none */
	struct wall asked;
	int64_t seen; /* when it was asked: what the answer must not be behind */
};

struct serve *serve_new(struct tradectl *t)
{
	struct serve *serve = alloc_zero(sizeof(*serve));

	serve->t = t;
	return serve;
}

void serve_free(struct serve **serve)
{
	if (!*serve)
		return;

	pg_forget((*serve)->t->db.work, *serve);
	alloc_free(serve);
}

void serve_ask(struct serve *serve, pg_answer_fn *fn, void *owner)
{
	struct tradectl *t = serve->t;
	AUTO(alloc_free) char *text = NULL;
	struct trouble trouble;

	trouble_find(t, &trouble);
	if (trouble.code)
		text = alloc_print("%s; what to do: %s", trouble.text, trouble_todo(trouble.code));
	serve->told = trouble.code;
	db_serve(&t->db, trouble.code, text, fn, owner);
}

/* Somebody waits for this word: it is no more what the database was told. */
static bool told_is_old(const struct serve *serve)
{
	struct trouble trouble;

	trouble_find(serve->t, &trouble);
	if (!trouble.code || !serve->told)
		return trouble.code != serve->told;
	return strcmp(trouble.code, serve->told) != 0;
}

int serve_take(
	struct tradectl *t, const struct pg_answer *answer, struct wall asked, struct err *err)
{
	struct db_served served;

	int r = db_serving(answer, &served, err);
	if (r < 0)
		return r;

	t->served = served;
	t->served_at = clock_mono(t->clock);
	t->skew = skew_between(served.host_now, served.host_now, asked, clock_wall(t->clock));
	metric_set(t->metrics, "clock_skew_seconds", "source=\"database\"",
		"How far that clock is ahead of this host's.", t->skew.by.us / 1000000);
	if (served.rewound)
		log_warning(t->log, "database.rewound",
			"the server is another than before (a failover or a restore): commits may "
			"be missing, "
			"nothing is claimed for a while",
			LOG_TEXT("account", t->db.account));
	return 0;
}

static bool agrees(const struct skew *skew, const char *whose, char *out, size_t size)
{
	if (!skew_is_large(skew))
		return true;
	if (out)
		snprintf(out, size, "CLOCK_SKEW: %s clock differs from this host's by %lld s",
			whose, (long long)(skew->by.us / 1000000));
	return false;
}

bool serve_clocks_agree(const struct tradectl *t, char *out, size_t size)
{
	return agrees(&t->skew, "the database's", out, size) &&
	       (!t->broker || agrees(broker_skew(t->broker), "the broker's", out, size));
}

bool serve_past_quarantine(const struct tradectl *t, char *out, size_t size)
{
	struct span left = wall_since(t->served.quarantine_until, t->served.now);
	struct span since = mono_since(clock_mono(t->clock), t->served_at);

	if (t->served.quarantine_until.us == 0 || left.us <= since.us)
		return true;
	if (out)
		snprintf(out, size, "quarantine: the database went back in time, %lld s to go",
			(long long)((left.us - since.us) / 1000000 + 1));
	return false;
}

/* What a session that never broke can bring all the same: a restore behind a pooler, another instance's finding. */
static bool must_begin_anew(const struct serve *serve)
{
	const struct tradectl *t = serve->t;

	return start_done(t->start) &&
	       (!t->served.reconciled || serve->seen > t->served.reserve_seq);
}

static void served(void *owner, const struct pg_answer *answer)
{
	struct serve *serve = owner;
	struct tradectl *t = serve->t;
	struct err err;

	serve->asking = false;
	if (answer->outcome != PG_DONE)
		return;
	if (serve_take(t, answer, serve->asked, &err) < 0)
		log_error(t->log, "account.unreadable", "broker_account cannot be read",
			LOG_TEXT("error", err.text));
	else if (must_begin_anew(serve))
		start_begin(t->start);
	if (told_is_old(serve))
		serve_wake(serve, true);
}

/* A state file that could not be stored is tried again; then the database is compared with it before the next claim. */
static void mend_seen(struct serve *serve)
{
	struct tradectl *t = serve->t;
	struct err err;

	if (!seen_trouble(t->seen) || !start_done(t->start))
		return;
	if (seen_read(t->seen, &err) < 0)
		return;

	log_info(t->log, "state.stored", "the state folder can be written again",
		LOG_TEXT("account", t->db.account));
	start_begin(t->start);
}

void serve_wake(struct serve *serve, bool now)
{
	struct tradectl *t = serve->t;
	bool due = serve->sweeps++ % EVERY == 0;

	mend_seen(serve);
	if (serve->asking || !(due || now || told_is_old(serve)))
		return;

	serve->asking = true;
	serve->seen = seen_highest(t->seen);
	serve->asked = clock_wall(t->clock);
	serve_ask(serve, served, serve);
}
