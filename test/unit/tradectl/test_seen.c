/* The highest reservation seen: kept, shared, never lowered, and a file that cannot be trusted is no zero. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "test/unit/unit.h"
#include "tradectl/seen.h"

#define INSTALLATION "6f1c"

struct place {
	char dir[64], file[128];
};

static int setup(void **state)
{
	struct place *place = alloc_zero(sizeof(*place));

	snprintf(place->dir, sizeof(place->dir), "/tmp/seen-XXXXXX");
	if (!mkdtemp(place->dir))
		return -1;
	snprintf(place->file, sizeof(place->file), "%s/" INSTALLATION "-paper", place->dir);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;
	AUTO(alloc_free) char *lock = alloc_print("%s.lock", place->file);
	AUTO(alloc_free) char *fresh = alloc_print("%s.new", place->file);

	chmod(place->dir, 0700);
	unlink(lock);
	unlink(fresh);
	rmdir(fresh);
	unlink(place->file);
	rmdir(place->dir);
	alloc_free(&place);
	return 0;
}

static struct seen *opened(const struct place *place)
{
	struct seen *seen = seen_new(place->dir, "paper");

	assert_true(seen_name(seen, INSTALLATION));
	assert_false(seen_name(seen, INSTALLATION));
	return seen;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void test_kept(void **state)
{
	AUTO(seen_free) struct seen *one = opened(*state);
	AUTO(seen_free) struct seen *two = opened(*state);
	struct err err = {""};

	assert_non_null(seen_trouble(one));
	assert_int_equal(seen_read(one, &err), 0);
	assert_null(seen_trouble(one));
	assert_int_equal(seen_highest(one), 0);
	assert_int_equal(seen_keep(one, 7, &err), 0);
	assert_int_equal(seen_read(two, &err), 0);
	assert_int_equal(seen_highest(two), 7);

	/* Another process was ahead: the file is never lowered, and its number is learned. */
	assert_int_equal(seen_keep(two, 12, &err), 0);
	assert_int_equal(seen_keep(one, 9, &err), 0);
	assert_int_equal(seen_highest(one), 12);
	assert_int_equal(seen_keep(one, 3, &err), 0);
	AUTO(seen_free) struct seen *three = opened(*state);
	assert_int_equal(seen_read(three, &err), 0);
	assert_int_equal(seen_highest(three), 12);
	assert_int_equal(seen_keep(three, INT64_MAX, &err), 0);
	assert_int_equal(seen_read(one, &err), 0);
	assert_true(seen_highest(one) == INT64_MAX);
}

static void test_another_installation(void **state)
{
	AUTO(seen_free) struct seen *seen = opened(*state);
	const struct place *place = *state;
	char path[160];
	struct err err;

	assert_int_equal(seen_keep(seen, 7, &err), 0);
	assert_true(seen_name(seen, "other"));
	assert_int_equal(seen_read(seen, &err), 0);
	assert_int_equal(seen_highest(seen), 0);
	snprintf(path, sizeof(path), "%s/other-paper", place->dir);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/other-paper.lock", place->dir);
	assert_int_equal(unlink(path), 0);
}

static void test_no_number(void **state)
{
	static const char *const texts[] = {"", "x\n", "7", "7\n8\n", "-1\n", " 7\n", "7 \n",
		"07x\n", "99999999999999999999\n", "123456789012345678901234567890\n"};
	const struct place *place = *state;
	struct err err;

	for (size_t i = 0; i < LENGTH(texts); i++) {
		AUTO(seen_free) struct seen *seen = opened(place);

		put(place->file, texts[i]);
		want_true(texts[i], seen_read(seen, &err) < 0);
		want_true(texts[i], seen_keep(seen, 8, &err) < 0);
		want_true(texts[i], strstr(seen_trouble(seen), "no number") != NULL);
	}
	/* It goes on when somebody has put it right. */
	AUTO(seen_free) struct seen *seen = opened(place);
	put(place->file, "41\n");
	assert_int_equal(seen_read(seen, &err), 0);
	assert_int_equal(seen_highest(seen), 41);
}

static void test_unwritable(void **state)
{
	AUTO(seen_free) struct seen *seen = opened(*state);
	const struct place *place = *state;
	AUTO(alloc_free) char *fresh = alloc_print("%s.new", place->file);
	struct err err;

	assert_int_equal(seen_keep(seen, 5, &err), 0);
	/* Also for root: a folder stands where the new file should. */
	assert_int_equal(mkdir(fresh, 0700), 0);
	assert_true(seen_keep(seen, 6, &err) < 0);
	assert_non_null(seen_trouble(seen));
	assert_int_equal(seen_highest(seen), 5);
	/* Not even what stands there already: whether it can be stored is the question. */
	assert_true(seen_keep(seen, 4, &err) < 0);
	assert_int_equal(rmdir(fresh), 0);
	assert_int_equal(seen_keep(seen, 6, &err), 0);
	assert_null(seen_trouble(seen));

	AUTO(seen_free) struct seen *nowhere = seen_new("/nowhere/at/all", "paper");
	assert_true(seen_name(nowhere, INSTALLATION));
	assert_true(seen_read(nowhere, &err) < 0);
	assert_non_null(strstr(seen_trouble(nowhere), "/nowhere/at/all"));
}

static void test_locked(void **state)
{
	AUTO(seen_free) struct seen *seen = opened(*state);
	const struct place *place = *state;
	AUTO(alloc_free) char *lock = alloc_print("%s.lock", place->file);
	struct err err;

	int fd = open(lock, O_RDWR | O_CREAT, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(seen_keep(seen, 5, &err), -EAGAIN);
	assert_non_null(seen_trouble(seen));
	close(fd);
	assert_int_equal(seen_keep(seen, 5, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_installation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_number, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unwritable, setup, teardown),
		cmocka_unit_test_setup_teardown(test_locked, setup, teardown),
	};

	return cmocka_run_group_tests_name("tradectl/seen", tests, NULL, NULL);
}
