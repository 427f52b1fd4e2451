/* test_setting.c - settings from the environment and from files, their bounds, and the dump. */
#include "test/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/setting.h"

struct conf {
	char *url;
	char *feed;
	int64_t cap;
	bool live;
	int level;
	char *key;
	char *secret;
};

#define AT(field) .offset = offsetof(struct conf, field)

static const char *const levels[] = {"error", "warning", "info", "debug", NULL};

/* clang-format off */
static const struct setting rows[] = {
	{"T_URL", SETTING_TEXT, AT(url), .flags = SETTING_REQUIRED},
	{"T_FEED", SETTING_TEXT, AT(feed), .fallback = "iex"},
	{"T_CAP", SETTING_INT, AT(cap), .fallback = "30", .min = -1, .max = 100},
	{"T_LIVE", SETTING_BOOL, AT(live), .fallback = "false"},
	{"T_LEVEL", SETTING_CHOICE, AT(level), .fallback = "info", .choices = levels},
	{"T_KEY", SETTING_TEXT, AT(key), .flags = SETTING_SECRET},
	{"T_SECRET", SETTING_TEXT, AT(secret), .flags = SETTING_SECRET},
	{0},
};

static const struct {
	const char *name, *value, *says;
} bad[] = {
	{"T_CAP", "101", "T_CAP=101 is not a whole number in -1..100"},
	{"T_CAP", "-2", "T_CAP=-2 is not a whole number in -1..100"},
	{"T_CAP", "99999999999999999999", "T_CAP=99999999999999999999 is not a whole number in -1..100"},
	{"T_CAP", "5x", "T_CAP=5x is not a whole number in -1..100"},
	{"T_CAP", " 5", "T_CAP= 5 is not a whole number in -1..100"},
	{"T_CAP", "+5", "T_CAP=+5 is not a whole number in -1..100"},
	{"T_CAP", "5.0", "T_CAP=5.0 is not a whole number in -1..100"},
	{"T_CAP", "0x5", "T_CAP=0x5 is not a whole number in -1..100"},
	{"T_CAP", "-", "T_CAP=- is not a whole number in -1..100"},
	{"T_LIVE", "TRUE!", "T_LIVE=TRUE! is neither true nor false"},
	{"T_LIVE", "true ", "T_LIVE=true  is neither true nor false"},
	{"T_LIVE", "1", "T_LIVE=1 is neither true nor false"},
	{"T_LEVEL", "loud", "T_LEVEL=loud is none of error, warning, info, debug"},
	{"T_LEVEL", "INFO", "T_LEVEL=INFO is none of error, warning, info, debug"},
	{"T_URL", NULL, "T_URL is required and not set"},
	{"T_URL", "", "T_URL is required and not set"},
};

/* clang-format on */

static const char *const names[] = {"T_URL", "T_FEED", "T_CAP", "T_LIVE", "T_LEVEL", "T_KEY",
	"T_KEY_FILE", "T_SECRET", "T_SECRET_FILE", "CREDENTIALS_DIRECTORY"};

/* Each test begins in an empty folder of its own with only T_URL set. */
static int set_up(void **state)
{
	static char folder[64];

	snprintf(folder, sizeof(folder), "/tmp/setting-XXXXXX");
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return -1;
	for (size_t i = 0; i < LENGTH(names); i++)
		unsetenv(names[i]);
	setenv("T_URL", "postgresql:///hub", 1);
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	unlink("key");
	unlink("secret");
	unlink("T_KEY");
	return chdir("/") < 0 || rmdir(*state) < 0 ? -1 : 0;
}

static void put_file(const char *name, const char *bytes, size_t length)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

#define PUT(name, literal) put_file(name, literal, sizeof(literal) - 1)

static struct conf read_conf(void)
{
	struct conf conf = {0};
	struct err err = {""};

	want_i64("setting_read", setting_read(rows, &conf, &err), 0);
	want_str("no reason", err.text, "");
	return conf;
}

static void want_fault(const char *says)
{
	struct conf conf = {0};
	struct err err = {""};

	want_i64(says, setting_read(rows, &conf, &err), -EINVAL);
	want_str(says, err.text, says);
	want_str("nothing is left to free", conf.url, NULL);
}

static void has_defaults(void **state)
{
	struct conf conf = read_conf();

	(void)state;
	want_str("url", conf.url, "postgresql:///hub");
	want_str("feed", conf.feed, "iex");
	want_i64("cap", conf.cap, 30);
	want_i64("live", conf.live, false);
	want_i64("level", conf.level, 2);
	want_str("key", conf.key, NULL);
	setting_clear(rows, &conf);
	want_str("cleared", conf.url, NULL);
	setting_clear(rows, &conf);
}

static void reads_values(void **state)
{
	struct conf conf;

	(void)state;
	setenv("T_FEED", "sip", 1);
	setenv("T_CAP", "-1", 1);
	setenv("T_LIVE", "true", 1);
	setenv("T_LEVEL", "debug", 1);
	setenv("T_KEY", "k", 1);
	conf = read_conf();
	want_str("feed", conf.feed, "sip");
	want_i64("lowest", conf.cap, -1);
	want_i64("live", conf.live, true);
	want_i64("level", conf.level, 3);
	want_str("key", conf.key, "k");
	setting_clear(rows, &conf);

	setenv("T_CAP", "100", 1);
	setenv("T_FEED", "", 1);
	conf = read_conf();
	want_i64("highest", conf.cap, 100);
	want_str("empty is unset", conf.feed, "iex");
	setting_clear(rows, &conf);
}

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		setenv("T_URL", "postgresql:///hub", 1);
		unsetenv("T_CAP");
		unsetenv("T_LIVE");
		unsetenv("T_LEVEL");
		if (bad[i].value)
			setenv(bad[i].name, bad[i].value, 1);
		else
			unsetenv(bad[i].name);
		want_fault(bad[i].says);
	}
}

static void takes_secrets_in_order(void **state)
{
	struct conf conf;

	PUT("T_KEY", "from-credential\n");
	PUT("key", "from-file\n");
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	conf = read_conf();
	want_str("credential", conf.key, "from-credential");
	want_str("no such credential", conf.secret, NULL);
	setting_clear(rows, &conf);

	setenv("T_KEY_FILE", "key", 1);
	conf = read_conf();
	want_str("file before credential", conf.key, "from-file");
	setting_clear(rows, &conf);

	setenv("T_KEY", "from-variable", 1);
	conf = read_conf();
	want_str("variable before file", conf.key, "from-variable");
	setting_clear(rows, &conf);
}

static void reads_secret_files_exactly(void **state)
{
	struct conf conf;

	(void)state;
	setenv("T_KEY_FILE", "key", 1);
	PUT("key", "two\n\n");
	conf = read_conf();
	want_str("one newline goes", conf.key, "two\n");
	setting_clear(rows, &conf);
	PUT("key", " k ");
	conf = read_conf();
	want_str("spaces stay", conf.key, " k ");
	setting_clear(rows, &conf);

	unlink("key");
	want_fault("T_KEY_FILE: key: No such file or directory");
	PUT("key", "");
	want_fault("T_KEY_FILE: key is empty");
	PUT("key", "\n");
	want_fault("T_KEY_FILE: key is empty");
	PUT("key", "a\0b");
	want_fault("T_KEY_FILE: key has a NUL byte");
	setenv("T_KEY_FILE", "/dev/zero", 1);
	want_fault("T_KEY_FILE: /dev/zero is longer than 16384 bytes");
	setenv("T_KEY_FILE", "/", 1);
	want_fault("T_KEY_FILE: /: Is a directory");
}

/* A secret that is no text is never shown, not even when it is wrong. */
static void never_shows_a_secret(void **state)
{
	static const struct setting pin[] = {
		{"T_KEY", SETTING_INT, .min = 0, .max = 9999, .flags = SETTING_SECRET},
		{0},
	};
	int64_t into = 0;
	struct err err;

	(void)state;
	setenv("T_KEY", "hunter2", 1);
	want_i64("refused", setting_read(pin, &into, &err), -EINVAL);
	want_str("masked", err.text, "T_KEY=*** is not a whole number in 0..9999");
}

static char *dump(const struct conf *conf)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	setting_dump(rows, conf, out);
	fclose(out);
	return text;
}

static void dumps_with_secrets_masked(void **state)
{
	AUTO(alloc_free) char *text = NULL;
	struct conf conf;

	(void)state;
	setenv("T_FEED", "it's $HOME \"x\"", 1);
	setenv("T_KEY", "hunter2", 1);
	conf = read_conf();
	text = dump(&conf);
	want_str("dump", text,
		"T_URL=postgresql:///hub\nT_FEED='it'\\''s $HOME \"x\"'\nT_CAP=30\nT_LIVE=false\n"
		"T_LEVEL=info\nT_KEY=***\nT_SECRET=\n");
	setting_clear(rows, &conf);
}

/* Lets a shell read the file and puts what it then has in its environment into ours. */
static void source(const char *path)
{
	int pipes[2], status = 0;
	char bytes[4096] = "";
	pid_t child;
	ssize_t length;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", "set -a; . \"$0\"; exec env -0", path, (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	for (size_t at = 0; (length = read(pipes[0], bytes + at, sizeof(bytes) - 1 - at)) > 0;)
		at += (size_t)length;
	close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (char *pair = bytes; *pair; pair += strlen(pair) + 1) {
		char *value = strchr(pair, '=');

		if (strncmp(pair, "T_", 2) != 0)
			continue;
		*value = '\0';
		setenv(pair, value + 1, 1);
		*value = '=';
	}
}

static void dump_reads_back(void **state)
{
	AUTO(alloc_free) char *text = NULL;
	AUTO(alloc_free) char *again = NULL;
	struct conf conf;

	(void)state;
	setenv("T_FEED", "a b'c\\d`e`$(f)\n\"g\"", 1);
	setenv("T_CAP", "7", 1);
	setenv("T_LIVE", "true", 1);
	setenv("T_LEVEL", "error", 1);
	conf = read_conf();
	text = dump(&conf);
	setting_clear(rows, &conf);

	for (size_t i = 0; i < LENGTH(names); i++)
		unsetenv(names[i]);
	put_file("key", text, strlen(text));
	source("./key");
	conf = read_conf();
	want_str("the worst text", conf.feed, "a b'c\\d`e`$(f)\n\"g\"");
	again = dump(&conf);
	want_str("again", again, text);
	setting_clear(rows, &conf);
}

static void rereads_files(void **state)
{
	struct conf conf;
	struct err err = {""};
	bool changed = true;

	(void)state;
	PUT("key", "old-key\n");
	PUT("secret", "old-secret\n");
	setenv("T_KEY_FILE", "key", 1);
	setenv("T_SECRET_FILE", "secret", 1);
	conf = read_conf();

	want_i64("same", setting_reread_secrets(rows, &conf, &changed, &err), 0);
	want_i64("same", changed, false);

	PUT("key", "new-key\n");
	unlink("secret");
	want_i64("one bad file", setting_reread_secrets(rows, &conf, &changed, &err), -EINVAL);
	want_str("says", err.text, "T_SECRET_FILE: secret: No such file or directory");
	want_str("keeps both", conf.key, "old-key");
	want_str("keeps both", conf.secret, "old-secret");
	want_i64("untouched", changed, false);

	PUT("secret", "new-secret\n");
	setenv("T_FEED", "sip", 1);
	want_i64("both good", setting_reread_secrets(rows, &conf, &changed, &err), 0);
	want_i64("changed", changed, true);
	want_str("new", conf.key, "new-key");
	want_str("new", conf.secret, "new-secret");
	want_str("no other setting", conf.feed, "iex");
	want_i64("nobody asks", setting_reread_secrets(rows, &conf, NULL, NULL), 0);
	setting_clear(rows, &conf);
}

static void rereads_only_files(void **state)
{
	struct conf conf;
	struct err err = {""};
	bool changed = true;

	PUT("T_KEY", "credential\n");
	PUT("secret", "file\n");
	setenv("CREDENTIALS_DIRECTORY", *state, 1);
	setenv("T_SECRET", "variable", 1);
	setenv("T_SECRET_FILE", "secret", 1);
	conf = read_conf();
	PUT("T_KEY", "another credential\n");
	setenv("T_SECRET", "another variable", 1);
	want_i64("reread", setting_reread_secrets(rows, &conf, &changed, &err), 0);
	want_i64("unchanged", changed, false);
	want_str("credential stays", conf.key, "credential");
	want_str("variable stays", conf.secret, "variable");
	setting_clear(rows, &conf);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(has_defaults),
		TEST(reads_values),
		TEST(refuses),
		TEST(takes_secrets_in_order),
		TEST(reads_secret_files_exactly),
		TEST(never_shows_a_secret),
		TEST(dumps_with_secrets_masked),
		TEST(dump_reads_back),
		TEST(rereads_files),
		TEST(rereads_only_files),
	};

	return cmocka_run_group_tests_name("setting", tests, NULL, NULL);
}
