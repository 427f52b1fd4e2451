/* auth.c - see auth.h. */
#include "apid/auth.h"

#include <errno.h>

#include "apid/apid.h"
#include "apid/certs.h"
#include "apid/db.h"
#include "apid/db_row.h"
#include "apid/keyed.h"
#include "common/sys/alloc.h"
#include "common/sys/pgrow.h"

/* What was read about one person. */
struct known {
	struct keyed_node node;
	struct wall valid_after;
	bool has_valid_after;
	struct mono read_at;
};

struct auth {
	struct apid *apid;
	struct keyed known;
};

struct check {
	struct auth *auth;
	struct token who;
	auth_judged_fn *fn;
	void *owner;
};

/* The same words for every reason: an attacker learns nothing, a person learns what to do. */
static void refuse_token(struct problem *problem)
{
	problem_set(problem, 401,
		"This token does not verify or has run out. Sign in again and send a fresh ID "
		"token.");
}

static bool is_signed_out(const struct token *who, const struct known *known)
{
	return known->has_valid_after && who->auth_time.us < known->valid_after.us;
}

static void judge(
	const struct token *who, const struct known *known, auth_judged_fn *fn, void *owner)
{
	struct problem problem = {0};

	if (!is_signed_out(who, known)) {
		fn(owner, who, NULL);
		return;
	}
	refuse_token(&problem);
	fn(owner, who, &problem);
	problem_done(&problem);
}

static struct known *remember(struct auth *auth, const char *uid, const struct pg_answer *answer)
{
	static const struct pg_column columns[] = {
		{"tokens_valid_after", PG_WALL, offsetof(struct known, valid_after), PG_NULL_OK,
			offsetof(struct known, has_valid_after)},
		{0},
	};
	struct known *known = (struct known *)(void *)keyed_find(&auth->known, uid);
	struct err err;

	if (!known) {
		known = alloc_zero(sizeof(*known));
		keyed_add(&auth->known, uid, &known->node);
	}
	known->read_at = clock_mono(auth->apid->clock);
	known->has_valid_after = false;
	if (row_count(answer->results[0]) != 1 ||
		pg_row_read(answer->results[0], 0, columns, known, &err) < 0) {
		/* Without its row nobody can be told from somebody signed out. */
		known->has_valid_after = true;
		known->valid_after = (struct wall){INT64_MAX};
	}
	return known;
}

static void seen(void *owner, const struct pg_answer *answer)
{
	AUTO(alloc_free) struct check *check = owner;
	struct problem problem = {0};

	if (answer->outcome == PG_DONE) {
		judge(&check->who, remember(check->auth, check->who.uid, answer), check->fn,
			check->owner);
		return;
	}
	db_problem(check->auth->apid, answer, &problem);
	check->fn(check->owner, &check->who, &problem);
	problem_done(&problem);
}

static bool is_fresh(const struct auth *auth, const struct known *known)
{
	struct span age = mono_since(clock_mono(auth->apid->clock), known->read_at);

	return age.us < span_sec(AUTH_FRESH_SEC).us;
}

void auth_check_again(struct auth *auth, const struct token *who, auth_judged_fn *fn, void *owner)
{
	const struct known *known =
		(const struct known *)(void *)keyed_find(&auth->known, who->uid);
	const struct pg_call call = DB_CALL_BARE(DB_USER_SEEN);
	struct check *check;

	if (known && is_fresh(auth, known)) {
		judge(who, known, fn, owner);
		return;
	}
	check = alloc_zero(sizeof(*check));
	*check = (struct check){.auth = auth, .who = *who, .fn = fn, .owner = owner};
	db_ask(auth->apid->db, who->uid, &call, 1, seen, check);
}

static void count(struct auth *auth, const char *why)
{
	metric_add(auth->apid->metrics, "auth_refused_total", NULL,
		"Tokens that were not accepted.", 1);
	log_debug(
		auth->apid->log, "auth.refused", "a token was not accepted", LOG_TEXT("why", why));
}

void auth_check(struct auth *auth, const char *token, auth_judged_fn *fn, void *owner)
{
	const struct keyset *keyset = certs_now(auth->apid->certs);
	struct problem problem = {0};
	struct token who = {0};
	const char *why = "";
	int r;

	if (!keyset) {
		problem_set(&problem, 503,
			"The certificates that prove tokens have not been fetched yet. Try again "
			"in a few seconds.");
		fn(owner, &who, &problem);
		problem_done(&problem);
		return;
	}
	r = token_verify(token, keyset, auth->apid->settings->project,
		clock_wall(auth->apid->clock), &who, &why);
	if (r == 0) {
		auth_check_again(auth, &who, fn, owner);
		return;
	}
	if (r == -ENOKEY)
		certs_missed(auth->apid->certs);
	count(auth, why);
	refuse_token(&problem);
	fn(owner, &who, &problem);
	problem_done(&problem);
}

static void drop(struct keyed_node *node, void *owner)
{
	struct auth *auth = owner;

	keyed_remove(&auth->known, node);
	alloc_free(&node);
}

static void drop_stale(struct keyed_node *node, void *owner)
{
	if (!is_fresh(owner, (const struct known *)(void *)node))
		drop(node, owner);
}

void auth_forget(struct auth *auth, const char *uid)
{
	struct keyed_node *node = uid ? keyed_find(&auth->known, uid) : NULL;

	if (!uid)
		keyed_each(&auth->known, drop, auth);
	else if (node)
		drop(node, auth);
}

void auth_sweep(struct auth *auth)
{
	keyed_each(&auth->known, drop_stale, auth);
}

struct auth *auth_new(struct apid *apid)
{
	struct auth *auth = alloc_zero(sizeof(*auth));

	auth->apid = apid;
	return auth;
}

void auth_free(struct auth **auth)
{
	if (!*auth)
		return;
	auth_forget(*auth, NULL);
	alloc_free(auth);
}
