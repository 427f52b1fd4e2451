/* test_merge.c - template <- user. */
#include "common/trading/config_merge.h"
#include "test/unit/trading/data.h"

/* clang-format off */
static const struct {
	const char *name, *template_config, *override, *merged;
} merges[] = {
	{"no template", NULL, "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}"},
	{"objects by key", "{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"c\":3,\"d\":4}}", "{\"a\":{\"b\":1,\"c\":3,\"d\":4}}"},
	{"null deletes", "{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"c\":null}}", "{\"a\":{\"b\":1}}"},
	{"null deletes a whole", "{\"a\":{\"b\":1},\"z\":1}", "{\"a\":null}", "{\"z\":1}"},
	{"null of nothing", NULL, "{\"a\":null,\"b\":{\"c\":null}}", "{\"b\":{}}"},
	{"null in a template", "{\"a\":null}", "{\"b\":1}", "{\"b\":1}"},
	{"null in a template, set by the user", "{\"a\":null}", "{\"a\":1}", "{\"a\":1}"},
	{"items by id", "{\"rules\":[{\"id\":\"a\",\"t\":1},{\"id\":\"b\",\"t\":2}]}", "{\"rules\":[{\"id\":\"b\",\"t\":3},{\"id\":\"c\",\"t\":4}]}",
		"{\"rules\":[{\"id\":\"a\",\"t\":1},{\"id\":\"b\",\"t\":3},{\"id\":\"c\",\"t\":4}]}"},
	{"null inside an item", "{\"rules\":[{\"id\":\"a\",\"t\":1}]}", "{\"rules\":[{\"id\":\"a\",\"t\":null,\"u\":2}]}", "{\"rules\":[{\"id\":\"a\",\"u\":2}]}"},
	{"null inside a new item", "{\"rules\":[{\"id\":\"a\"}]}", "{\"rules\":[{\"id\":\"b\",\"t\":null}]}", "{\"rules\":[{\"id\":\"a\"},{\"id\":\"b\"}]}"},
	{"an empty list of items changes nothing", "{\"rules\":[{\"id\":\"a\"}]}", "{\"rules\":[]}", "{\"rules\":[{\"id\":\"a\"}]}"},
	{"other lists replace", "{\"s\":[\"A\",\"B\"]}", "{\"s\":[\"C\"]}", "{\"s\":[\"C\"]}"},
	{"other lists replace by nothing", "{\"s\":[\"A\",\"B\"]}", "{\"s\":[]}", "{\"s\":[]}"},
	{"another type replaces", "{\"a\":{\"b\":1}}", "{\"a\":[1]}", "{\"a\":[1]}"},
	{"numbers keep their text", "{\"a\":1.50}", "{\"b\":0.1000000000000000055}", "{\"a\":1.50,\"b\":0.1000000000000000055}"},
	{"guardrails are SQL's", "{\"guardrails\":{\"max_orders_per_day\":1}}", "{\"guardrails\":{\"max_orders_per_day\":2},\"a\":1}", "{\"a\":1}"},
	{"off in the template is off", "{\"enabled\":false}", "{\"enabled\":true}", "{\"enabled\":false}"},
	{"off in the document is off", "{\"enabled\":true}", "{\"enabled\":false}", "{\"enabled\":false}"},
	{"off cannot be deleted", "{\"enabled\":false}", "{\"enabled\":null}", "{\"enabled\":false}"},
	{"absent is on", "{\"enabled\":true}", "{}", "{\"enabled\":true}"},
	{"only the document's", "{\"a\":1}", "{\"enabled\":true}", "{\"a\":1,\"enabled\":true}"},
	{"a rule's own switch is no such thing", "{\"rules\":[{\"id\":\"a\",\"enabled\":false}]}", "{\"rules\":[{\"id\":\"a\",\"enabled\":true}]}", "{\"rules\":[{\"enabled\":true,\"id\":\"a\"}]}"},
};

/* clang-format on */

static void test_merge(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(merges); i++) {
		AUTO(json_free) cJSON *template_config = NULL;
		AUTO(json_free) cJSON *override = data_parse(merges[i].name, merges[i].override);
		AUTO(json_free) cJSON *merged = NULL;
		AUTO(alloc_free) char *text = NULL;

		if (merges[i].template_config)
			template_config = data_parse(merges[i].name, merges[i].template_config);
		merged = config_merge(template_config, override);
		text = json_print_canonical(merged);
		want_str(merges[i].name, text, merges[i].merged);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, in_new_york, NULL);
}
