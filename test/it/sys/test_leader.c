/* test_leader.c - one leads, the other takes over soon after the leader's backend is gone. */
#include "common/sys/leader.h"

#include "test/it/sys/rig.h"

struct candidate {
	struct pg *pg;
	struct leader *leader;
	int gains, losses, ups;
};

static struct rig rig;
static struct candidate first, second;

static void gained(void *owner)
{
	((struct candidate *)owner)->gains++;
}

static void lost(void *owner)
{
	((struct candidate *)owner)->losses++;
}

static void up(void *owner)
{
	struct candidate *candidate = owner;

	candidate->ups++;
	leader_up(candidate->leader);
}

static void down(void *owner, const char *why)
{
	struct candidate *candidate = owner;

	(void)why;
	leader_down(candidate->leader);
}

static void stand(struct candidate *candidate, const char *name)
{
	const struct pg_options options = {.base = rig.base,
		.log = rig.log,
		.clock = clock_system(),
		.conninfo = rig_env("DATABASE_URL"),
		.name = name,
		.hooks = {.up = up, .down = down, .owner = candidate}};
	const struct leader_hooks hooks = {.gained = gained, .lost = lost, .owner = candidate};

	*candidate = (struct candidate){0};
	candidate->pg = pg_new(&options);
	candidate->leader = leader_new(rig.base, rig.log, candidate->pg, "it-leader", &hooks);
	pg_start(candidate->pg);
}

static int set_up(void **state)
{
	(void)state;
	rig = rig_new();
	stand(&first, "it-first");
	want_true("first leads", rig_turn(&rig, &first.gains, 1, 5000));
	stand(&second, "it-second");
	want_true("second is up", rig_turn(&rig, &second.ups, 1, 5000));
	return 0;
}

static void leave(struct candidate *candidate)
{
	leader_free(&candidate->leader);
	pg_free(&candidate->pg);
}

static int tear_down(void **state)
{
	(void)state;
	leave(&first);
	leave(&second);
	rig_free(&rig);
	return 0;
}

static const char locks[] = "select count(*) from pg_locks where locktype = 'advisory'";

static void one_leads(void **state)
{
	(void)state;
	rig_rest(&rig, 4500); /* two tries of the second */
	want_i64("gains", second.gains, 0);
	want_i64("still leads", first.losses, 0);
	want_str("taken once, waited for by nobody", rig_sql(&rig, locks), "1");
	want_i64("said once", rig_logged(&rig, "event=leader.stands_by"), 1);
}

static void the_lead_goes_with_the_session(void **state)
{
	int64_t before;

	(void)state;
	rig_sql(&rig, "select pg_terminate_backend(pid) from pg_stat_activity where "
		      "application_name = 'it-first'");
	before = rig_ms();
	want_true("lost", rig_turn(&rig, &first.losses, 1, 1000));
	want_true("at once", rig_ms() - before < 500);
	/* The old leader is back after 100 ms and may win again: there is one, that is what counts. */
	rig_rest(&rig, 4000);
	want_i64("one leads", first.gains - first.losses + second.gains - second.losses, 1);
	want_str("one lock", rig_sql(&rig, locks), "1");
	want_i64("no loss of the second", second.losses, 0);
}

static void a_dead_leader_is_replaced(void **state)
{
	(void)state;
	leave(&first);
	want_true("within five seconds", rig_turn(&rig, &second.gains, 1, 5000));
	want_str("one lock", rig_sql(&rig, locks), "1");
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(one_leads),
		TEST(the_lead_goes_with_the_session),
		TEST(a_dead_leader_is_replaced),
	};

	return cmocka_run_group_tests_name("leader", tests, NULL, NULL);
}
