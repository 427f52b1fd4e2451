/* test_life.c - daemon.h by its smallest daemon (idle.c): flags, exit codes, signals, readiness, listener, watchdog. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "test/it/sys/rig.h"

static char program[512];

struct life {
	pid_t pid;
	int out, err; /* memfds */
	int port;     /* of METRICS_LISTEN */
};

static struct life life;

static const char *text_of(int fd)
{
	static char bytes[1 << 16];
	ssize_t length = pread(fd, bytes, sizeof(bytes) - 1, 0);

	bytes[length > 0 ? length : 0] = '\0';
	return bytes;
}

/* args and env end with NULL; env rows are NAME=value beside DATABASE_URL. */
static void begin(const char *const args[], const char *const env[])
{
	char *argv[8] = {program};
	char *envp[16] = {NULL};
	size_t count = 0;

	for (size_t i = 0; args != NULL && args[i] != NULL; i++)
		argv[i + 1] = alloc_text(args[i]);
	while (env != NULL && env[count] != NULL) {
		envp[count] = alloc_text(env[count]);
		count++;
	}
	/* Of two, the first is seen. */
	envp[count] = alloc_print("DATABASE_URL=%s", rig_env("DATABASE_URL"));
	life = (struct life){.out = memfd_create("out", 0), .err = memfd_create("err", 0)};
	life.pid = fork();
	must(life.pid >= 0);
	if (life.pid == 0) {
		dup2(life.out, STDOUT_FILENO);
		dup2(life.err, STDERR_FILENO);
		execve(program, argv, envp);
		_exit(127);
	}
	for (size_t i = 1; argv[i] != NULL; i++)
		alloc_free(&argv[i]);
	for (size_t i = 0; envp[i] != NULL; i++)
		alloc_free(&envp[i]);
}

static bool has_ended(int *code_out)
{
	int status;

	if (waitpid(life.pid, &status, WNOHANG) != life.pid)
		return false;
	*code_out = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
	life.pid = 0;
	return true;
}

/* The exit code, 1000 + signal, or -1 when it lives on. */
static int end(int ms)
{
	int64_t until = rig_ms() + ms;
	int code;

	do {
		if (has_ended(&code))
			return code;
		usleep(5000);
	} while (rig_ms() < until);
	return -1;
}

static bool says(int fd, const char *text, int ms)
{
	int64_t until = rig_ms() + ms;

	do {
		if (strstr(text_of(fd), text) != NULL)
			return true;
		usleep(5000);
	} while (rig_ms() < until);
	return false;
}

static void want_said(const char *name, int fd, const char *text)
{
	if (!says(fd, text, 5000))
		fail_msg("%s: `%s` is not in\n%s", name, text, text_of(fd));
}

static int tear_down(void **state)
{
	(void)state;
	if (life.pid > 0) {
		kill(life.pid, SIGKILL);
		waitpid(life.pid, NULL, 0);
	}
	close(life.out);
	close(life.err);
	life = (struct life){0};
	return 0;
}

struct flag_case {
	const char *name;
	const char *args[3];
	const char *env[3];
	int code;
	const char *out, *err; /* must be in there; NULL = must be empty */
};

static void flags_and_codes(void **state)
{
	/* clang-format off */
	static const struct flag_case rows[] = {
		{"help", {"--help"}, {NULL}, 0, "IDLE_DRAIN_MS=0 (-1..60000)", NULL},
		{"help names the common settings", {"--help"}, {NULL}, 0, "LOG_LEVEL=info (error, warning, info, debug)", NULL},
		{"help says how secrets come", {"--help"}, {NULL}, 0, "IDLE_KEY_FILE", NULL},
		{"version", {"--version"}, {NULL}, 0, "hybridhub idle 1.0.0 (libpq 15.", NULL},
		{"check", {"--check-config"}, {NULL}, 0, "fine", NULL},
		{"dump", {"--dump-config"}, {"IDLE_KEY=hush"}, 0, "IDLE_KEY=***\n", NULL},
		{"dump masks the password", {"--dump-config"}, {"DATABASE_URL=postgresql://me:hush@h/d"}, 0, "me:***@h/d", NULL},
		{"unknown flag", {"--what"}, {NULL}, 64, NULL, "--help"},
		{"argument", {"run"}, {NULL}, 64, NULL, "run"},
		{"out of bounds", {"--check-config"}, {"IDLE_DRAIN_MS=60001"}, 78, NULL, "IDLE_DRAIN_MS"},
		{"no database", {NULL}, {"DATABASE_URL="}, 78, NULL, "DATABASE_URL"},
		{"bad conninfo", {"--check-config"}, {"DATABASE_URL=postgresql://me:hush@h:x=y/%zz"}, 78, NULL, "DATABASE_URL"},
		{"bad listener", {"--check-config"}, {"METRICS_LISTEN=localhost:http"}, 78, NULL, "METRICS_LISTEN: localhost:http"},
		{"no port", {"--check-config"}, {"METRICS_LISTEN=127.0.0.1"}, 78, NULL, "METRICS_LISTEN"},
		{"file not there", {NULL}, {"IDLE_KEY_FILE=/nonexistent"}, 78, NULL, "IDLE_KEY"},
		{"log level", {NULL}, {"LOG_LEVEL=loud"}, 78, NULL, "LOG_LEVEL"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct flag_case *row = &rows[i];

		begin(row->args, row->env);
		want_i64(row->name, end(5000), row->code);
		if (row->out != NULL)
			want_said(row->name, life.out, row->out);
		else
			want_str(row->name, text_of(life.out), "");
		if (row->err != NULL)
			want_said(row->name, life.err, row->err);
		else
			want_str(row->name, text_of(life.err), "");
		want_true(row->name, strstr(text_of(life.out), "hush") == NULL);
		want_true(row->name, strstr(text_of(life.err), "hush") == NULL);
		tear_down(NULL);
	}
}

static void begin_ready(const char *const env[])
{
	begin(NULL, env);
	want_said("ready", life.err, "event=daemon.ready");
}

static void terminating_drains(void **state)
{
	static const char *const env[] = {"IDLE_DRAIN_MS=300", NULL};
	int64_t before;

	(void)state;
	for (int i = 0; i < 2; i++) {
		begin_ready(env);
		before = rig_ms();
		kill(life.pid, i == 0 ? SIGTERM : SIGINT);
		want_i64("code", end(3000), 0);
		want_true("when drained", rig_ms() - before >= 290 && rig_ms() - before < 1500);
		want_said("line", life.err, "event=daemon.draining");
		tear_down(NULL);
	}
}

static void a_second_signal_ends_at_once(void **state)
{
	static const char *const env[] = {"IDLE_DRAIN_MS=-1", NULL};

	(void)state;
	begin_ready(env);
	kill(life.pid, SIGTERM);
	want_i64("drains for ever", end(500), -1);
	kill(life.pid, SIGTERM);
	want_i64("code", end(1000), 0);
	want_said("line", life.err, "event=daemon.ended");
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static void hangup_reads_secrets_again(void **state)
{
	char path[] = "/tmp/hh-life-XXXXXX";
	char *setting;
	const char *env[2] = {NULL};

	(void)state;
	must(close(mkstemp(path)) == 0);
	write_file(path, "one\n");
	setting = alloc_print("IDLE_KEY_FILE=%s", path);
	env[0] = setting;
	begin_ready(env);
	write_file(path, "two\n");
	kill(life.pid, SIGHUP);
	want_said("reload", life.err, "event=daemon.reloaded");
	want_said("the app is told", life.err, "event=idle.reloaded");
	unlink(path);
	kill(life.pid, SIGHUP);
	want_said("kept", life.err, "event=daemon.reload_failed");
	want_i64("lives on", end(200), -1);
	want_true("never logged", strstr(text_of(life.err), "two") == NULL);
	alloc_free(&setting);
}

static const char *get(int port, const char *path)
{
	static char text[1 << 15];
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t length = 0;
	ssize_t got;

	must(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
	dprintf(fd, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
	while ((got = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)got;
	text[length] = '\0';
	close(fd);
	return text;
}

static int port_said(void)
{
	const char *at;

	want_said("listener", life.err, "event=health.listening");
	at = strstr(text_of(life.err), " port=");
	must(at != NULL);
	return (int)strtol(at + 6, NULL, 10);
}

static void readiness_follows_the_database(void **state)
{
	static const char *const env[] = {"METRICS_LISTEN=127.0.0.1:0", NULL};
	int port;

	(void)state;
	begin_ready(env);
	port = port_said();
	want_true("ready", strncmp(get(port, "/readyz"), "HTTP/1.1 200 ", 13) == 0);
	want_true("metrics", strstr(get(port, "/metrics"),
				     "hybridhub_db_up{session=\"hybridhub-idle\"} 1\n") != NULL);
	want_true("elsewhere", strncmp(get(port, "/"), "HTTP/1.1 404 ", 13) == 0);
	rig_cluster("kill");
	want_said("unready", life.err, "event=daemon.unready");
	want_true("not ready", strncmp(get(port, "/readyz"), "HTTP/1.1 503 ", 13) == 0);
	want_true("says what", strstr(get(port, "/readyz"), "\r\n\r\ndatabase: ") != NULL);
	want_true("alive", strncmp(get(port, "/livez"), "HTTP/1.1 200 ", 13) == 0);
	want_true("metrics", strstr(get(port, "/metrics"),
				     "hybridhub_db_up{session=\"hybridhub-idle\"} 0\n") != NULL);
	rig_cluster("start");
	for (int i = 0; i < 100 && strstr(get(port, "/readyz"), " 200 ") == NULL; i++)
		usleep(100 * 1000);
	want_true("ready again", strstr(get(port, "/readyz"), " 200 ") != NULL);
}

static void a_missing_database_is_waited_for(void **state)
{
	static const char *const env[] = {"DATABASE_URL=postgresql:///x?host=/nonexistent", NULL};

	(void)state;
	begin(NULL, env);
	want_i64("stays up", end(1000), -1);
	want_true("not ready", strstr(text_of(life.err), "daemon.ready") == NULL);
	kill(life.pid, SIGTERM);
	want_i64("ends well", end(1000), 0);
}

static void a_taken_port_is_a_bad_value(void **state)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *setting;
	const char *env[2] = {NULL};

	(void)state;
	must(bind(fd, (struct sockaddr *)&address, length) == 0 && listen(fd, 1) == 0);
	must(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
	setting = alloc_print("METRICS_LISTEN=127.0.0.1:%d", ntohs(address.sin_port));
	env[0] = setting;
	begin(NULL, env);
	want_i64("code", end(3000), 78);
	want_said("why", life.err, "Address already in use");
	alloc_free(&setting);
	close(fd);
}

static bool hears(int fd, const char *text, int ms)
{
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	int64_t until = rig_ms() + ms;
	char got[512];

	while (rig_ms() < until && poll(&poller, 1, 100) >= 0) {
		ssize_t length = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);

		if (length <= 0)
			continue;
		got[length] = '\0';
		if (strstr(got, text) != NULL)
			return true;
	}
	return false;
}

static void the_supervisor_is_told(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char *setting = alloc_print("NOTIFY_SOCKET=@hh-life-%d", getpid());
	const char *name = strchr(setting, '@');
	const char *const env[] = {setting, "WATCHDOG_USEC=200000", "IDLE_DRAIN_MS=200", NULL};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)state;
	memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
	must(bind(fd, (struct sockaddr *)&address,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) == 0);
	begin(NULL, env);
	want_true("ready", hears(fd, "READY=1", 3000));
	want_true("watchdog", hears(fd, "WATCHDOG=1", 1000));
	want_true("watchdog goes on", hears(fd, "WATCHDOG=1", 1000));
	kill(life.pid, SIGTERM);
	want_true("stopping", hears(fd, "STOPPING=1", 1000));
	want_i64("code", end(1000), 0);
	alloc_free(&setting);
	close(fd);
}

int main(int argc, char **argv)
{
#define TEST(fn) cmocka_unit_test_teardown(fn, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(flags_and_codes),
		TEST(terminating_drains),
		TEST(a_second_signal_ends_at_once),
		TEST(hangup_reads_secrets_again),
		TEST(readiness_follows_the_database),
		TEST(a_missing_database_is_waited_for),
		TEST(a_taken_port_is_a_bad_value),
		TEST(the_supervisor_is_told),
	};
	const char *slash = strrchr(argv[0], '/');

	(void)argc;
	must(slash != NULL);
	snprintf(program, sizeof(program), "%.*s/idle", (int)(slash - argv[0]), argv[0]);
	return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}
