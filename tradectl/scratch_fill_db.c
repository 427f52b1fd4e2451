/*
 * scratch_fill_db.c - the operator's schema and settings into a scratch database: pg_dump of the schema, restored by psql (both
 * from Debian's postgresql-client; a dump may hold psql's own commands), then the rows of the few tables that are settings.
 * Passwords go by a service file that only this user can read, never by the command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "tradectl/scratch_own_db.h"

struct folder {
	char path[64];
	char services[96], dump[96], log[96];
};

static int folder_make(struct folder *folder, struct err *err)
{
	snprintf(folder->path, sizeof(folder->path), "/tmp/hybridhub-verify-XXXXXX");
	if (!mkdtemp(folder->path))
		return err_set(err, -errno, "%s: %s", folder->path, strerror(errno));
	snprintf(folder->services, sizeof(folder->services), "%s/services", folder->path);
	snprintf(folder->dump, sizeof(folder->dump), "%s/schema.sql", folder->path);
	snprintf(folder->log, sizeof(folder->log), "%s/log", folder->path);
	return 0;
}

static void folder_remove(const struct folder *folder)
{
	(void)unlink(folder->services);
	(void)unlink(folder->dump);
	(void)unlink(folder->log);
	(void)rmdir(folder->path);
}

/* What a session was opened with, under a name. */
static void put_service(FILE *out, const char *name, PGconn *conn)
{
	PQconninfoOption *options = PQconninfo(conn);

	must(options);
	fprintf(out, "[%s]\n", name);
	for (const PQconninfoOption *option = options; option->keyword; option++)
		if (option->val && *option->val && strcmp(option->keyword, "options") != 0 &&
			strcmp(option->keyword, "service") != 0 &&
			strcmp(option->keyword, "application_name") != 0 &&
			!strchr(option->val, '\n'))
			fprintf(out, "%s=%s\n", option->keyword, option->val);
	PQconninfoFree(options);
}

static int services_write(
	const struct folder *folder, PGconn *theirs, PGconn *scratch, struct err *err)
{
	int fd = open(folder->services, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out)
		return err_set(err, -errno, "%s: %s", folder->services, strerror(errno));
	put_service(out, "theirs", theirs);
	put_service(out, "scratch", scratch);
	if (fclose(out) != 0)
		return err_set(err, -errno, "%s: %s", folder->services, strerror(errno));
	return 0;
}

/* The first line of the log that says what is wrong, else its first. */
static void log_read(const struct folder *folder, char *line, size_t size)
{
	FILE *log = fopen(folder->log, "re");
	char next[400];

	snprintf(line, size, "it said nothing");
	for (bool first = true; log && fgets(next, sizeof(next), log); first = false) {
		bool telling = strstr(next, "ERROR:") || strstr(next, "error:");
		next[strcspn(next, "\n")] = '\0';
		if (first || telling)
			snprintf(line, size, "%s", next);
		if (telling)
			break;
	}
	if (log)
		fclose(log);
}

enum {
	ARGS_MOST = 24,
};

static int run(const struct folder *folder, const char *const args[], struct err *err)
{
	char *argv[ARGS_MOST + 1] = {NULL};
	AUTO(alloc_free)
	char *path = alloc_print("PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	AUTO(alloc_free) char *services = alloc_print("PGSERVICEFILE=%s", folder->services);
	char *const env[] = {path, services, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	pid_t pid;
	int status;
	char line[400];

	for (size_t i = 0; i < ARGS_MOST && args[i]; i++)
		argv[i] = alloc_text(args[i]);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(
		&files, 1, folder->log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&files, 1, 2);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	int r = posix_spawnp(&pid, argv[0], &files, &attr, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	for (size_t i = 0; i < ARGS_MOST; i++)
		alloc_free(&argv[i]);
	if (r != 0)
		return err_set(
			err, -r, "%s (of Debian's postgresql-client): %s", args[0], strerror(r));
	while (waitpid(pid, &status, 0) < 0)
		must(errno == EINTR);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	log_read(folder, line, sizeof(line));
	return err_set(err, -EIO, "%s: %s", args[0], line);
}

/* Partitions hold rows only, and nobody may read them. */
static int copy_schema(const struct folder *folder, struct err *err)
{
	const char *file = folder->dump;
	const char *const dump[] = {"pg_dump", "--schema-only", "--no-owner", "--no-comments",
		"--no-publications", "--no-subscriptions", "--no-security-labels",
		"--no-tablespaces", "-n", "public", "-T", "public.market_data_snapshots_20*", "-f",
		file, "-d", "service=theirs", NULL};
	const char *const restore[] = {"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c",
		"drop schema public", "-f", file, "-d", "service=scratch", NULL};

	int r = run(folder, dump, err);
	return r < 0 ? r : run(folder, restore, err);
}

/* clang-format off */
/* The tables that are settings. $1 is the account whose settings `test` takes over. */
static const struct {
	const char *table, *read;
} settings[] = {
	{"trade_order_moves", "select jsonb_agg(m) from trade_order_moves m where $1::text is not null"},
	{"broker_account", "select jsonb_agg(case a.account when 'test' then to_jsonb(s) || '{\"account\": \"test\"}' else to_jsonb(a) end) "
		"from broker_account a, broker_account s where s.account = $1::text"},
	{"hard_limits", "select jsonb_agg(to_jsonb(h) || case when h.scope = 'account' then '{\"broker_account\": \"test\"}' else '{}' end::jsonb) "
		"from hard_limits h where h.scope = 'global' or (h.scope = 'account' and h.broker_account = $1::text)"},
};

/* clang-format on */

static int copy_settings(PGconn *theirs, PGconn *scratch, const char *account, struct err *err)
{
	for (size_t i = 0; i < LENGTH(settings); i++) {
		AUTO(alloc_free)
		char *write = alloc_print(
			"insert into %s select * from jsonb_populate_recordset(null::%s, $1)",
			settings[i].table, settings[i].table);
		PGresult *read = PQexecParams(theirs, settings[i].read, 1, NULL,
			(const char *const[]){account}, NULL, NULL, 0);
		bool empty = PQresultStatus(read) != PGRES_TUPLES_OK || PQntuples(read) == 0 ||
			     PQgetisnull(read, 0, 0);
		const char *rows = empty ? "[]" : PQgetvalue(read, 0, 0);
		PGresult *written = PQexecParams(
			scratch, write, 1, NULL, (const char *const[]){rows}, NULL, NULL, 0);
		int r = 0;
		if (PQresultStatus(read) != PGRES_TUPLES_OK)
			r = scratch_fail(err, settings[i].table, PQerrorMessage(theirs));
		else if (empty && i < 2)
			r = err_set(err, -EIO, "%s has no rows for account %s", settings[i].table,
				account);
		else if (PQresultStatus(written) != PGRES_COMMAND_OK)
			r = scratch_fail(err, settings[i].table, PQerrorMessage(scratch));
		PQclear(read);
		PQclear(written);
		if (r < 0)
			return r;
	}
	return 0;
}

int scratch_fill(PGconn *theirs, PGconn *scratch, const char *account, struct err *err)
{
	struct folder folder;

	if (folder_make(&folder, err) < 0)
		return EX_CANTCREAT;
	int r = services_write(&folder, theirs, scratch, err);
	if (r == 0)
		r = copy_schema(&folder, err);
	if (r == 0)
		r = copy_settings(theirs, scratch, account, err);
	folder_remove(&folder);
	return r < 0 ? EX_TEMPFAIL : EX_OK;
}
