/* test_failpoint.c - what arms a place, once or at its N-th pass, and what each action does. */
#ifndef HYBRIDHUB_FAILPOINTS
#define HYBRIDHUB_FAILPOINTS
#endif
#include "common/sys/failpoint.c" /* other builds have an empty one */

#include <errno.h>
#include <sys/wait.h>
#include <time.h>

#include "test/unit/unit.h"

FAILPOINT_ON("T92.sent", "pg.sent", "claim");
FAILPOINT_ON("T92.sent", "pg.sent", "accept");

struct place {
	char path[64], hits[80];
};

static bool passes(void)
{
	return FAILPOINT("T91.here");
}

static void arm(const struct place *place, const char *text)
{
	FILE *file = fopen(place->path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* The file's text, "" when there is none. */
static const char *text_of(const char *path)
{
	static char text[256];
	FILE *file = fopen(path, "r");

	text[0] = '\0';
	if (file != NULL) {
		text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
		assert_int_equal(fclose(file), 0);
	}
	return text;
}

static int set_up(void **state)
{
	static struct place place;
	int fd;

	snprintf(place.path, sizeof(place.path), "/tmp/hh-failpoint-XXXXXX");
	fd = mkstemp(place.path);
	assert_true(fd >= 0 && close(fd) == 0);
	snprintf(place.hits, sizeof(place.hits), "%s.hit", place.path);
	assert_int_equal(setenv("HYBRIDHUB_FAILPOINTS_FILE", place.path, 1), 0);
	*state = &place;
	return 0;
}

static int take_down(void **state)
{
	const struct place *place = *state;

	unlink(place->path);
	unlink(place->hits);
	return 0;
}

static void unarmed(void **state)
{
	const struct place *place = *state;

	want_true("an empty file", !passes());
	arm(place, "T99.elsewhere fail\n");
	want_true("another name", !passes());
	unlink(place->path);
	want_true("no file", !passes());
	unsetenv("HYBRIDHUB_FAILPOINTS_FILE");
	want_true("no setting", !passes());
	want_str("hits", text_of(place->hits), "");
}

static void once(void **state)
{
	const struct place *place = *state;
	char hit[64];

	arm(place, "T99.elsewhere kill\nT91.here fail\nT92.sent fail\n");
	want_true("the first pass", passes());
	want_true("the second pass", !passes());
	want_str("file", text_of(place->path), "T99.elsewhere kill\nT92.sent fail\n");
	snprintf(hit, sizeof(hit), "T91.here fail %ld\n", (long)getpid());
	want_str("hits", text_of(place->hits), hit);
}

static void third_pass(void **state)
{
	arm(*state, "T91.here fail pass=3\n");
	want_true("first", !passes());
	want_true("second", !passes());
	want_true("third", passes());
	want_true("fourth", !passes());
}

static void event_of_a_subject(void **state)
{
	arm(*state, "T92.sent fail\n");
	want_true("another event", !FAILPOINT_EVENT("pg.unsent", "claim"));
	want_true("another subject", !FAILPOINT_EVENT("pg.sent", "expire"));
	want_true("the second one declared", FAILPOINT_EVENT("pg.sent", "accept"));
	want_true("used up", !FAILPOINT_EVENT("pg.sent", "claim"));
}

/* How a child ends, or that it stops, at the place. */
static int status_of_child(void)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(passes() ? 1 : 0);
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	if (WIFSTOPPED(status)) {
		assert_int_equal(kill(child, SIGCONT), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		want_i64("after SIGCONT it goes on", status, 0);
		return -SIGSTOP;
	}
	return status;
}

static void kills_and_stops(void **state)
{
	arm(*state, "T91.here kill\n");
	int status = status_of_child();
	want_true("killed", WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	want_i64("once", status_of_child(), 0);
	arm(*state, "T91.here stop\n");
	want_i64("stopped", status_of_child(), -SIGSTOP);
}

static void sleeps(void **state)
{
	struct timespec from, to;

	arm(*state, "T91.here sleep ms=30\n");
	clock_gettime(CLOCK_MONOTONIC, &from);
	want_true("no error path", !passes());
	clock_gettime(CLOCK_MONOTONIC, &to);
	want_true("30 ms",
		(to.tv_sec - from.tv_sec) * 1000000000 + to.tv_nsec - from.tv_nsec >= 29000000);
}

static void lists_each_once(void **state)
{
	const struct place *place = *state;
	FILE *file = fopen(place->path, "w");

	assert_non_null(file);
	failpoint_list(file);
	assert_int_equal(fclose(file), 0);
	const char *text = text_of(place->path);
	const char *sent = strstr(text, "T92.sent\n");
	want_true("T91", strstr(text, "T91.here\n") != NULL);
	want_true("T92", sent != NULL);
	want_true("once", sent == NULL || strstr(sent + 1, "T92.sent\n") == NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(unarmed, set_up, take_down),
		cmocka_unit_test_setup_teardown(once, set_up, take_down),
		cmocka_unit_test_setup_teardown(third_pass, set_up, take_down),
		cmocka_unit_test_setup_teardown(event_of_a_subject, set_up, take_down),
		cmocka_unit_test_setup_teardown(kills_and_stops, set_up, take_down),
		cmocka_unit_test_setup_teardown(sleeps, set_up, take_down),
		cmocka_unit_test_setup_teardown(lists_each_once, set_up, take_down),
	};

	return cmocka_run_group_tests_name("failpoint", tests, NULL, NULL);
}
