/* test_session.c - pg.h against a real server: order, transactions, notifications, losses. */
#include "test/it/sys/rig.h"

#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>

static const struct pg_stmt echo = {"echo", 1, "select $1::text"};
static const struct pg_stmt show = {"show", 1, "select current_setting($1, true)"};
static const struct pg_stmt backend = {"backend", 0, "select pg_backend_pid()"};
static const struct pg_stmt nap = {"nap", 1, "select pg_sleep($1::float8)::text"};
static const struct pg_stmt divide = {"divide", 0, "select 1/0"};
static const struct pg_stmt put = {"put", 1, "insert into it_row (x) values ($1::int)"};
static const struct pg_stmt count = {"count", 0, "select count(*) from it_row"};
static const struct pg_stmt late = {"late", 0, "select * from it_late"};
static const struct pg_stmt ring = {"ring", 1, "select pg_notify('bell', $1)::text"};
static const struct pg_stmt big = {"big", 1, "select repeat($1, 2), length($1)"};

static struct rig rig;
static struct seat seat;

static int set_up(void **state)
{
	(void)state;
	rig = rig_new();
	rig_sql(&rig, "drop table if exists it_row, it_late");
	rig_sql(&rig, "create table it_row (x int primary key)");
	rig_sql(&rig,
		"create or replace function it_judge() returns trigger language plpgsql as $$ begin"
		" if new.x < 0 then raise exception 'negative' using errcode = '23514'; end if;"
		" return null; end $$");
	rig_sql(&rig, "create constraint trigger judge after insert on it_row deferrable initially "
		      "deferred"
		      " for each row execute function it_judge()");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pg_free(&seat.pg);
	rig_free(&rig);
	return 0;
}

static void answers_come_in_order(void **state)
{
	static const char *const words[] = {"a", "b", "c", "d", "e"};

	(void)state;
	seat_open(&seat, &rig, rig_env("DATABASE_URL"));
	for (size_t i = 0; i < LENGTH(words); i++)
		pg_ask(seat.pg, &echo, &words[i], span_sec(5), seat_answered, &seat);
	want_i64("queued before the session stands", (int64_t)pg_queued(seat.pg), 5);
	want_true("all answered", rig_turn(&rig, &seat.answers, 5, 5000));
	want_str("order", seat.order, "a b c d e ");
	want_i64("nothing is left", (int64_t)pg_queued(seat.pg), 0);
}

static void settings_are_made(void **state)
{
	static const struct {
		const char *setting, *value;
	} rows[] = {
		{"TimeZone", "UTC"},
		{"DateStyle", "ISO, MDY"},
		{"statement_timeout", "5s"},
		{"lock_timeout", "2s"},
		{"jit", "off"},
		{"idle_in_transaction_session_timeout", "10s"},
		{"client_min_messages", "notice"},
		{"application_name", "hybridhub-test"},
		{"client_encoding", "UTF8"},
	};

	(void)state;
	seat_open_up(&seat, &rig);
	for (size_t i = 0; i < LENGTH(rows); i++) {
		want_i64(rows[i].setting, seat_ask(&seat, &show, &rows[i].setting), PG_DONE);
		want_str(rows[i].setting, seat.value, rows[i].value);
	}
}

static void their_options_win(void **state)
{
	static const char *const name[] = {"statement_timeout"};
	static const char *const zone[] = {"TimeZone"};
	char *url = alloc_print(
		"%s&options=-c%%20statement_timeout%%3D7s%%20-c%%20TimeZone%%3DAsia/Tokyo",
		rig_env("DATABASE_URL"));

	(void)state;
	seat_open(&seat, &rig, url);
	alloc_free(&url);
	want_i64("ask", seat_ask(&seat, &show, name), PG_DONE);
	want_str("theirs", seat.value, "7s");
	want_i64("ask", seat_ask(&seat, &show, zone), PG_DONE);
	want_str("but times are read as UTC", seat.value, "UTC");
}

static void a_refusal_harms_nobody(void **state)
{
	static const char *const word[] = {"still here"};

	(void)state;
	seat_open_up(&seat, &rig);
	want_i64("refused", seat_ask(&seat, &divide, NULL), PG_REFUSED);
	want_str("sqlstate", seat.sqlstate, "22012");
	want_str("error", seat.error, "division by zero");
	want_i64("next", seat_ask(&seat, &echo, word), PG_DONE);
	want_str("next", seat.value, "still here");
	want_i64("no loss", seat.downs, 0);
}

static void a_failed_prepare_is_not_remembered(void **state)
{
	(void)state;
	seat_open_up(&seat, &rig);
	want_i64("no such table", seat_ask(&seat, &late, NULL), PG_REFUSED);
	want_str("sqlstate", seat.sqlstate, "42P01");
	rig_sql(&rig, "create table it_late as select 7 as x");
	want_i64("now there is", seat_ask(&seat, &late, NULL), PG_DONE);
	want_str("value", seat.value, "7");
}

static void a_stale_plan_renews_the_session(void **state)
{
	(void)state;
	seat_open_up(&seat, &rig);
	rig_sql(&rig, "create table it_late as select 7 as x");
	want_i64("prepared", seat_ask(&seat, &late, NULL), PG_DONE);
	rig_sql(&rig, "alter table it_late add y int");
	want_i64("anew", seat_ask(&seat, &late, NULL), PG_DONE);
	want_i64("another session", seat.ups, 2);
	want_i64("and still", seat_ask(&seat, &late, NULL), PG_DONE);
	want_i64("the same session", seat.ups, 2);
}

static void what_nobody_supports_is_refused(void **state)
{
	static const struct pg_stmt unsupported = {"unsupported", 0, "select it_unsupported()"};

	(void)state;
	seat_open_up(&seat, &rig);
	rig_sql(&rig, "create function it_unsupported() returns int language plpgsql as "
		      "$$begin raise feature_not_supported; end$$");
	want_i64("refused", seat_ask(&seat, &unsupported, NULL), PG_REFUSED);
	want_str("sqlstate", seat.sqlstate, "0A000");
	want_i64("tried twice", seat.ups, 2);
}

static void done_means_committed(void **state)
{
	static const char *const bad[] = {"-1"};
	static const char *const good[] = {"1"};

	(void)state;
	seat_open_up(&seat, &rig);
	want_i64("the constraint speaks at commit", seat_ask(&seat, &put, bad), PG_REFUSED);
	want_str("sqlstate", seat.sqlstate, "23514");
	want_str("nothing", rig_sql(&rig, "select count(*) from it_row"), "0");
	want_i64("fine", seat_ask(&seat, &put, good), PG_DONE);
	want_str("one", rig_sql(&rig, "select count(*) from it_row"), "1");
}

static enum pg_outcome together(const char *uid, const struct pg_call calls[], size_t number)
{
	int before = seat.answers;

	pg_ask_together(seat.pg, uid, calls, number, span_sec(5), seat_answered, &seat);
	want_true("answered", rig_turn(&rig, &seat.answers, before + 1, 6000));
	return seat.outcome;
}

static void together_is_one_transaction(void **state)
{
	static const char *const one[] = {"1"};
	static const char *const two[] = {"2"};
	static const char *const bad[] = {"-1"};
	static const char *const uid[] = {"hybridhub.uid"};
	const struct pg_call good[] = {{&put, one}, {&put, two}, {&show, uid}};
	const struct pg_call doubled[] = {{&echo, one}, {&put, one}, {&echo, two}};
	const struct pg_call deferred[] = {{&put, bad}, {&echo, one}};

	(void)state;
	seat_open_up(&seat, &rig);
	want_i64("good", together("person-7", good, LENGTH(good)), PG_DONE);
	want_str("uid inside", seat.value, "person-7");
	want_str("both", rig_sql(&rig, "select count(*) from it_row"), "2");
	want_i64("uid outside", seat_ask(&seat, &show, uid), PG_DONE);
	want_str("uid outside", seat.value, "");

	want_i64("doubled key", together("person-7", doubled, LENGTH(doubled)), PG_REFUSED);
	want_str("sqlstate", seat.sqlstate, "23505");
	want_i64("not stuck in a failed transaction", seat_ask(&seat, &count, NULL), PG_DONE);
	want_str("nothing new", seat.value, "2");

	want_i64("refused at commit", together(NULL, deferred, LENGTH(deferred)), PG_REFUSED);
	want_str("sqlstate", seat.sqlstate, "23514");
	want_i64("nothing new", seat_ask(&seat, &count, NULL), PG_DONE);
	want_str("nothing new", seat.value, "2");
	want_i64("no loss", seat.downs, 0);
}

static void rings_arrive(void **state)
{
	static const char *const text[] = {"mine"};

	(void)state;
	seat_open_up(&seat, &rig);
	rig_sql(&rig, "begin; notify bell, 'a'; notify other_bell, 'b'; notify bell, 'c'; commit");
	want_true("three", rig_turn(&rig, &seat.rings, 3, 2000));
	want_str("last", seat.last_ring, "bell:c");
	want_i64("along with an answer", seat_ask(&seat, &ring, text), PG_DONE);
	want_true("fourth", rig_turn(&rig, &seat.rings, 4, 1000));
	want_str("fourth", seat.last_ring, "bell:mine");
}

static void terminate(void)
{
	rig_sql(&rig, "select pg_terminate_backend(pid) from pg_stat_activity"
		      " where application_name = 'hybridhub-test'");
}

static void a_lost_session_comes_back(void **state)
{
	static const char *const word[] = {"queued"};

	(void)state;
	seat_open_up(&seat, &rig);
	terminate();
	want_true("down", rig_turn(&rig, &seat.downs, 1, 2000));
	want_true("why", strstr(seat.last_why, "administrator command") != NULL);
	want_true("not ready", !pg_ready(seat.pg) && pg_trouble(seat.pg) != NULL);
	pg_ask(seat.pg, &echo, word, span_sec(5), seat_answered, &seat);
	want_true("up", rig_turn(&rig, &seat.ups, 2, 5000));
	want_true("answered", rig_turn(&rig, &seat.answers, 1, 2000));
	want_str("answered", seat.value, "queued");
	rig_sql(&rig, "notify bell, 'again'");
	want_true("listens again", rig_turn(&rig, &seat.rings, 1, 2000));
	want_i64("down once", seat.downs, 1);
	want_i64("logged down once", rig_logged(&rig, "event=db.down"), 1);
	want_i64("logged up twice", rig_logged(&rig, "event=db.up"), 2);
}

static void in_flight_is_unknown_queued_stays(void **state)
{
	static const char *const seconds[] = {"4"};
	static const char *const word[] = {"after"};
	const struct pg_call calls[] = {{&nap, seconds}};

	(void)state;
	seat_open_up(&seat, &rig);
	pg_ask_together(seat.pg, NULL, calls, 1, span_sec(8), seat_answered, &seat);
	pg_ask(seat.pg, &echo, word, span_sec(8), seat_answered, &seat);
	rig_rest(&rig, 200);
	terminate();
	want_true("answered", rig_turn(&rig, &seat.answers, 1, 2000));
	want_i64("unknown", seat.outcome, PG_UNKNOWN);
	want_str("sqlstate", seat.sqlstate, "57P01");
	want_true("the other one, too", rig_turn(&rig, &seat.answers, 2, 5000));
	want_i64("done", seat.outcome, PG_DONE);
	want_str("value", seat.value, "after");
}

static void what_stood_long_in_the_queue_has_time_all_the_same(void **state)
{
	static const char *const before[] = {"2.5"}, *const own[] = {"1"};

	(void)state;
	seat_open_up(&seat, &rig);
	pg_ask(seat.pg, &nap, before, span_sec(10), seat_answered, &seat);
	pg_ask(seat.pg, &nap, own, span_sec(3), seat_answered, &seat);
	want_true("both are answered", rig_turn(&rig, &seat.answers, 2, 10000));
	want_i64("done", seat.outcome, PG_DONE);
	want_i64("no loss", seat.downs, 0);
}

static void a_deadline_drops_the_session(void **state)
{
	static const char *const seconds[] = {"4"};
	static const char *const word[] = {"after"};
	int64_t before = rig_ms();

	(void)state;
	seat_open_up(&seat, &rig);
	pg_ask(seat.pg, &nap, seconds, span_ms(300), seat_answered, &seat);
	pg_ask(seat.pg, &echo, word, span_ms(100), seat_answered, &seat);
	pg_ask(seat.pg, &echo, word, span_sec(5), seat_answered, &seat);
	want_true("the second gives up first", rig_turn(&rig, &seat.answers, 1, 2000));
	want_i64("never sent", seat.outcome, PG_REFUSED);
	want_true("the first", rig_turn(&rig, &seat.answers, 2, 2000));
	want_i64("sent", seat.outcome, PG_UNKNOWN);
	want_true("in time", rig_ms() - before < 1500);
	want_true("the third", rig_turn(&rig, &seat.answers, 3, 5000));
	want_i64("on a new session", seat.outcome, PG_DONE);
	want_i64("downs", seat.downs, 1);
}

static int64_t cpu_ms(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
	       (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

static void a_stopped_server_is_waited_for(void **state)
{
	static const char *const word[] = {"late"};
	int64_t cpu;
	int64_t back;

	(void)state;
	seat_open_up(&seat, &rig);
	rig_cluster("kill");
	want_true("down", rig_turn(&rig, &seat.downs, 1, 2000));
	cpu = cpu_ms();
	pg_ask(seat.pg, &echo, word, span_ms(300), seat_answered, &seat);
	want_true("given up", rig_turn(&rig, &seat.answers, 1, 2000));
	want_i64("never sent", seat.outcome, PG_REFUSED);
	rig_rest(&rig, 3000);
	want_true("at rest meanwhile", cpu_ms() - cpu < 150);
	pg_ask(seat.pg, &echo, word, span_sec(10), seat_answered, &seat);
	rig_cluster("start");
	back = rig_ms();
	want_true("up", rig_turn(&rig, &seat.ups, 2, 8000));
	want_true("within five seconds", rig_ms() - back < 5000);
	want_true("answered", rig_turn(&rig, &seat.answers, 2, 2000));
	want_i64("done", seat.outcome, PG_DONE);
	want_i64("down once", seat.downs, 1);
	want_i64("logged once", rig_logged(&rig, "event=db.down"), 1);
	rig_other_again(&rig);
}

static void freeing_inside_a_callback_is_safe(void **state)
{
	static const char *const places[] = {"up", "answer", "ring", "down"};
	static const char *const word[] = {"x"};

	(void)state;
	for (size_t i = 0; i < LENGTH(places); i++) {
		seat_open(&seat, &rig, rig_env("DATABASE_URL"));
		seat.free_in = places[i];
		pg_ask(seat.pg, &echo, word, span_sec(5), seat_answered, &seat);
		want_true(places[i], rig_turn(&rig, &seat.ups, 1, 5000));
		if (i >= 2)
			want_true(places[i], rig_turn(&rig, &seat.answers, 1, 5000));
		if (i == 2)
			rig_sql(&rig, "notify bell, 'a'");
		if (i == 3)
			terminate();
		rig_rest(&rig, 300);
		want_true(places[i], seat.pg == NULL);
		want_i64(places[i], seat.answers, 1);
		want_i64(places[i], seat.downs, i == 3);
	}
}

static void the_forgotten_hear_nothing(void **state)
{
	static const char *const words[] = {"1", "2"};
	int stranger = 0;

	(void)state;
	seat_open_up(&seat, &rig);
	pg_ask(seat.pg, &echo, &words[0], span_sec(5), seat_answered, &stranger);
	pg_ask(seat.pg, &echo, &words[1], span_sec(5), seat_answered, &seat);
	pg_forget(seat.pg, &stranger);
	want_true("the other", rig_turn(&rig, &seat.answers, 1, 2000));
	want_str("the other", seat.order, "2 ");
	want_i64("stranger", stranger, 0);
}

static void dropping_renews(void **state)
{
	char first[16];

	(void)state;
	seat_open_up(&seat, &rig);
	want_i64("ask", seat_ask(&seat, &backend, NULL), PG_DONE);
	snprintf(first, sizeof(first), "%s", seat.value);
	pg_drop(seat.pg, "new keys");
	want_true("at once", !pg_ready(seat.pg));
	want_i64("told from the loop only", seat.downs, 0);
	want_i64("ask", seat_ask(&seat, &backend, NULL), PG_DONE);
	want_i64("told", seat.downs, 1);
	want_str("why", seat.last_why, "new keys");
	want_true("another backend", strcmp(first, seat.value) != 0);
}

static void much_text_goes_both_ways(void **state)
{
	size_t length = 12 << 20;
	char *text = alloc_zero(length + 1);
	const char *const params[] = {text};

	(void)state;
	memset(text, 'x', length);
	seat_open_up(&seat, &rig);
	want_i64("ask", seat_ask(&seat, &big, params), PG_DONE);
	want_i64("value", (int64_t)strlen(seat.value), (int64_t)sizeof(seat.value) - 1);
	alloc_free(&text);
}

static int silent_listener(int *port_out)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0 && bind(fd, (struct sockaddr *)&address, length) == 0 && listen(fd, 8) == 0);
	must(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
	*port_out = ntohs(address.sin_port);
	return fd;
}

static void the_next_host_is_tried(void **state)
{
	const char *folder = rig_env("PGHOST");
	int port;
	int fd = silent_listener(&port);
	char *refused = alloc_print(
		"host=/nonexistent,%s port=5432,5432 dbname=postgres user=hub_owner", folder);
	char *silent = alloc_print("host=127.0.0.1,%s port=%d,5432 dbname=postgres user=hub_owner "
				   "connect_timeout=1",
		folder, port);

	(void)state;
	seat_open(&seat, &rig, refused);
	want_true("refused: next at once", rig_turn(&rig, &seat.ups, 1, 1000));
	pg_free(&seat.pg);
	seat_open(&seat, &rig, silent);
	want_true("silent: next after the timeout", rig_turn(&rig, &seat.ups, 1, 4000));
	alloc_free(&refused);
	alloc_free(&silent);
	close(fd);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(answers_come_in_order),
		TEST(settings_are_made),
		TEST(their_options_win),
		TEST(a_refusal_harms_nobody),
		TEST(a_failed_prepare_is_not_remembered),
		TEST(a_stale_plan_renews_the_session),
		TEST(what_nobody_supports_is_refused),
		TEST(done_means_committed),
		TEST(together_is_one_transaction),
		TEST(rings_arrive),
		TEST(a_lost_session_comes_back),
		TEST(in_flight_is_unknown_queued_stays),
		TEST(what_stood_long_in_the_queue_has_time_all_the_same),
		TEST(a_deadline_drops_the_session),
		TEST(a_stopped_server_is_waited_for),
		TEST(freeing_inside_a_callback_is_safe),
		TEST(the_forgotten_hear_nothing),
		TEST(dropping_renews),
		TEST(much_text_goes_both_ways),
		TEST(the_next_host_is_tried),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
