/* test_table.c - the small containers: keyed nodes and sets of ids. */
#include "apid/keyed.h"

#include "apid/ids.h"
#include "common/sys/alloc.h"
#include "test/unit/unit.h"

enum {
	MANY = 3000
};

static void count_one(struct keyed_node *node, void *owner)
{
	(void)node;
	++*(int *)owner;
}

struct removal {
	struct keyed *keyed;
	int left;
};

static void drop_every_other(struct keyed_node *node, void *owner)
{
	struct removal *removal = owner;

	if (removal->left++ % 2 == 0) {
		keyed_remove(removal->keyed, node);
		alloc_free(&node);
	}
}

static void keeps_by_key(void **state)
{
	AUTO(alloc_free) struct keyed *keyed = alloc_zero(sizeof(*keyed));
	struct removal removal = {.keyed = keyed};
	char key[16];
	int count = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		struct keyed_node *node = alloc_zero(sizeof(*node));

		snprintf(key, sizeof(key), "uid-%d", i);
		keyed_add(keyed, key, node);
		want_true(key, keyed_find(keyed, key) == node);
	}
	want_i64("count", keyed->count, MANY);
	want_true("absent", !keyed_find(keyed, "uid-3000"));
	keyed_each(keyed, drop_every_other, &removal);
	want_i64("half", keyed->count, MANY / 2);
	keyed_each(keyed, count_one, &count);
	want_i64("walked", count, MANY / 2);
	while (keyed->count) {
		removal.left = 0;
		keyed_each(keyed, drop_every_other, &removal);
	}
}

static void keeps_ids(void **state)
{
	struct ids ids = {0};
	struct uuid made[20];
	char *text;

	(void)state;
	text = ids_text(&ids);
	want_str("empty", text, "{}");
	alloc_free(&text);
	for (size_t i = 0; i < LENGTH(made); i++) {
		made[i] = uuid_random();
		ids_add(&ids, made[i]);
		ids_add(&ids, made[i]);
	}
	want_i64("once each", ids.count, LENGTH(made));
	ids_remove(&ids, made[7]);
	ids_remove(&ids, made[7]);
	want_true("gone", !ids_has(&ids, made[7]) && ids_has(&ids, made[8]) && ids.count == 19);
	ids_clear(&ids);
	want_i64("r", uuid_read("01234567-89ab-4def-8123-456789abcdef", &made[0]), 0);
	want_i64("r", uuid_read("11234567-89ab-4def-8123-456789abcdef", &made[1]), 0);
	ids_add(&ids, made[0]);
	ids_add(&ids, made[1]);
	text = ids_text(&ids);
	want_str("as Postgres reads it", text,
		"{01234567-89ab-4def-8123-456789abcdef,11234567-89ab-4def-8123-456789abcdef}");
	alloc_free(&text);
	ids_clear(&ids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_by_key),
		cmocka_unit_test(keeps_ids),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
