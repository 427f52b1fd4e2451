/* test_fence.c - pg_commit_now: COMMITTED only when everything about it was clean, and never later than its budget. */
#include "test/it/sys/rig.h"

static const struct pg_stmt put = {
	"put", 2, "insert into it_fence (x, how) values ($1::int, $2) returning 'go ' || x"};
static const struct pg_stmt nothing = {"nothing", 0, "select 1 where false"};
static const struct pg_stmt echo = {"echo", 1, "select $1::text"};

static struct rig rig;
static struct seat seat;

static int set_up(void **state)
{
	(void)state;
	rig = rig_new();
	rig_sql(&rig, "drop table if exists it_fence");
	rig_sql(&rig, "create table it_fence (x int primary key, how text)");
	rig_sql(&rig,
		"create or replace function it_fence_judge() returns trigger language plpgsql as "
		"$$ begin"
		" if new.how = 'warn' then raise warning 'might not have been replicated'; end if;"
		" if new.how = 'refuse' then raise exception 'no'; end if;"
		" if new.how = 'notice' then raise notice 'by the way'; end if;"
		" if new.how = 'hang' then perform pg_sleep(4); end if;"
		" if new.how = 'die' then perform pg_terminate_backend(pg_backend_pid()); end if;"
		" return null; end $$");
	rig_sql(&rig, "create constraint trigger judge after insert on it_fence deferrable "
		      "initially deferred"
		      " for each row execute function it_fence_judge()");
	seat_open_up(&seat, &rig);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pg_free(&seat.pg);
	rig_free(&rig);
	return 0;
}

static enum pg_now_outcome commit(const char *x, const char *how, int budget_ms, char **text_out)
{
	const char *const params[] = {x, how};

	return pg_commit_now(seat.pg, &put, params, span_ms(budget_ms), NULL, NULL, text_out);
}

static void a_clean_commit(void **state)
{
	char *text = NULL;

	(void)state;
	want_i64("first", commit("1", NULL, 2000, &text), PG_NOW_COMMITTED);
	want_str("first", text, "go 1");
	alloc_free(&text);
	want_i64("prepared by now", commit("2", "notice", 2000, &text), PG_NOW_COMMITTED);
	want_str("second", text, "go 2");
	alloc_free(&text);
	want_i64("no row", pg_commit_now(seat.pg, &nothing, NULL, span_sec(2), NULL, NULL, &text),
		PG_NOW_COMMITTED);
	want_str("no row", text, NULL);
	want_str("rows", rig_sql(&rig, "select count(*) from it_fence"), "2");
	rig_rest(&rig, 100);
	want_i64("no loss", seat.downs, 0);
	want_true("still there", pg_ready(seat.pg));
}

struct unclean {
	const char *name, *x, *how;
	const char *rows; /* what is in the table afterwards */
	const char *why;
};

static void anything_else_drops_the_session(void **state)
{
	static const struct unclean rows[] = {
		{"a warning at commit", "1", "warn", "1", "WARNING"},
		{"an error at commit", "2", "refuse", "0", "no"},
		{"an error before", "x", NULL, "0", "invalid input syntax"},
		{"a backend that dies at commit", "3", "die", "0", "administrator command"},
	};
	char *text = NULL;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		rig_sql(&rig, "delete from it_fence");
		want_true(rows[i].name, rig_turn(&rig, &seat.ups, (int)i + 1, 5000));
		want_i64(rows[i].name, commit(rows[i].x, rows[i].how, 2000, &text), PG_NOW_FAILED);
		want_str(rows[i].name, text, NULL);
		want_true(rows[i].name, !pg_ready(seat.pg));
		want_i64("told from the loop only", seat.downs, (int)i);
		want_true(rows[i].name, rig_turn(&rig, &seat.downs, (int)i + 1, 1000));
		want_true(seat.last_why, strstr(seat.last_why, rows[i].why) != NULL);
		want_str(
			rows[i].name, rig_sql(&rig, "select count(*) from it_fence"), rows[i].rows);
	}
}

static void it_waits_no_longer_than_its_budget(void **state)
{
	char *text = NULL;
	int64_t before;

	(void)state;
	rig_sql(&rig, "begin");
	rig_sql(&rig, "lock table it_fence");
	before = rig_ms();
	want_i64("behind a lock", commit("1", NULL, 300, &text), PG_NOW_FAILED);
	want_true("soon", rig_ms() - before >= 290 && rig_ms() - before < 600);
	rig_sql(&rig, "commit");
	want_true("up again", rig_turn(&rig, &seat.ups, 2, 5000));

	before = rig_ms();
	want_i64("a commit that hangs", commit("2", "hang", 300, &text), PG_NOW_FAILED);
	want_true("soon", rig_ms() - before >= 290 && rig_ms() - before < 600);
	want_true("up again", rig_turn(&rig, &seat.ups, 3, 5000));
	want_i64("and good", commit("3", NULL, 2000, &text), PG_NOW_COMMITTED);
	alloc_free(&text);
}

static void a_lock_that_is_not_to_be_had_keeps_the_session(void **state)
{
	char *text = NULL;

	(void)state;
	rig_sql(&rig, "begin");
	rig_sql(&rig, "lock table it_fence");
	want_i64("lock_timeout", commit("1", NULL, 4000, &text), PG_NOW_FAILED);
	want_str("no word", text, NULL);
	rig_sql(&rig, "commit");
	rig_rest(&rig, 200);
	want_i64("no loss", seat.downs, 0);
	want_true("still there", pg_ready(seat.pg));
	want_i64("and good", commit("2", NULL, 2000, &text), PG_NOW_COMMITTED);
	want_str("and good", text, "go 2");
	alloc_free(&text);
	want_str("rows", rig_sql(&rig, "select count(*) from it_fence"), "1");
}

static void it_wants_the_session_for_itself(void **state)
{
	static const char *const word[] = {"x"};
	char *text = NULL;

	(void)state;
	pg_ask(seat.pg, &echo, word, span_sec(5), seat_answered, &seat);
	want_i64("busy", commit("1", NULL, 500, &text), PG_NOW_FAILED);
	want_str("nothing", rig_sql(&rig, "select count(*) from it_fence"), "0");
	want_i64("no session", commit("1", NULL, 500, &text), PG_NOW_FAILED);
	want_true("the ask lives", rig_turn(&rig, &seat.answers, 1, 5000));
	want_i64("done", seat.outcome, PG_DONE);
}

static void rings_read_along_are_not_lost(void **state)
{
	char *text = NULL;

	(void)state;
	rig_sql(&rig, "notify bell, 'meanwhile'");
	want_i64("commit", commit("1", NULL, 2000, &text), PG_NOW_COMMITTED);
	alloc_free(&text);
	want_i64("not from inside", seat.rings, 0);
	want_true("ring", rig_turn(&rig, &seat.rings, 1, 500));
	want_str("ring", seat.last_ring, "bell:meanwhile");
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_clean_commit),
		TEST(anything_else_drops_the_session),
		TEST(it_waits_no_longer_than_its_budget),
		TEST(a_lock_that_is_not_to_be_had_keeps_the_session),
		TEST(it_wants_the_session_for_itself),
		TEST(rings_read_along_are_not_lost),
	};

	return cmocka_run_group_tests_name("fence", tests, NULL, NULL);
}
