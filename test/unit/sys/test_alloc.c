/* test_alloc.c - memory that never fails. */
#include "test/unit/unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/sys/alloc.h"

static void is_zeroed(void **state)
{
	AUTO(alloc_free) char *bytes = alloc_zero(64);
	AUTO(alloc_free) int *numbers = alloc_array(16, sizeof(*numbers));

	(void)state;
	for (size_t i = 0; i < 64; i++)
		want_i64("alloc_zero", bytes[i], 0);
	for (size_t i = 0; i < 16; i++)
		want_i64("alloc_array", numbers[i], 0);
}

static void gives_an_address_for_nothing(void **state)
{
	AUTO(alloc_free) char *bytes = alloc_zero(0);
	AUTO(alloc_free) char *array = alloc_array(0, 8);
	AUTO(alloc_free) char *grown = alloc_grow(NULL, 0, 8);

	(void)state;
	want_true("zero", bytes && array && grown);
}

static void keeps_what_it_grows(void **state)
{
	AUTO(alloc_free) int64_t *list = NULL;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		list = alloc_grow(list, i + 1, sizeof(*list));
		list[i] = (int64_t)i;
	}
	for (size_t i = 0; i < 1000; i++)
		want_i64("grown", list[i], i);
}

static void copies_texts(void **state)
{
	AUTO(alloc_free) char *text = alloc_text("abc");
	AUTO(alloc_free) char *bytes = alloc_bytes("abcdef", 3);
	AUTO(alloc_free) char *empty = alloc_bytes(NULL, 0);
	AUTO(alloc_free) char *printed = alloc_print("%s-%d", "a", 7);

	(void)state;
	want_str("text", text, "abc");
	want_str("bytes", bytes, "abc");
	want_str("no bytes", empty, "");
	want_str("printed", printed, "a-7");
	want_str("NULL", alloc_text(NULL), NULL);
	alloc_free(&text);
	want_str("freed", text, NULL);
	alloc_free(&text);
}

static void takes(void **state)
{
	char *text = alloc_text("mine");
	AUTO(alloc_free) char *taken = TAKE(text);

	(void)state;
	want_str("left behind", text, NULL);
	want_str("taken", taken, "mine");
}

/* In a child: count x size beyond an address must end the process, not wrap around. */
static void dies_on_overflow(void **state)
{
	volatile size_t many = SIZE_MAX / 2;
	int status = 0;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		close(STDERR_FILENO);
		free(alloc_grow(NULL, many, 8));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	want_true(
		"aborted", WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) != 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_zeroed),
		cmocka_unit_test(gives_an_address_for_nothing),
		cmocka_unit_test(keeps_what_it_grows),
		cmocka_unit_test(copies_texts),
		cmocka_unit_test(takes),
		cmocka_unit_test(dies_on_overflow),
	};

	return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
