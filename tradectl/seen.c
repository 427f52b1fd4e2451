/* seen.c - see seen.h. */
#include "tradectl/seen.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/attr.h"

enum {
	TEXT_MOST = 24, /* a number and its line end */
	LOCK_TRIES = 200,
	LOCK_AGAIN_NS = 1000 * 1000,
};

struct seen {
	char *dir, *account;
	char *path, *fresh_path, *lock_path; /* NULL until it is named */
	int64_t highest;
	struct err trouble; /* "" = none */
};

struct seen *seen_new(const char *dir, const char *account)
{
	struct seen *seen = alloc_zero(sizeof(*seen));

	seen->dir = alloc_text(dir);
	seen->account = alloc_text(account);
	snprintf(seen->trouble.text, sizeof(seen->trouble.text), "not read yet");
	return seen;
}

static void unname(struct seen *seen)
{
	alloc_free(&seen->path);
	alloc_free(&seen->fresh_path);
	alloc_free(&seen->lock_path);
}

void seen_free(struct seen **seen)
{
	if (!*seen)
		return;

	unname(*seen);
	alloc_free(&(*seen)->dir);
	alloc_free(&(*seen)->account);
	alloc_free(seen);
}

bool seen_name(struct seen *seen, const char *installation)
{
	AUTO(alloc_free)
	char *path = alloc_print("%s/%s-%s", seen->dir, installation, seen->account);

	if (seen->path && strcmp(seen->path, path) == 0)
		return false;

	unname(seen);
	seen->path = TAKE(path);
	seen->fresh_path = alloc_print("%s.new", seen->path);
	seen->lock_path = alloc_print("%s.lock", seen->path);
	seen->highest = 0;
	return true;
}

/* Others hold it for the time of one write; whoever hangs with it must not hang us. */
static int lock(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, -errno, "%s: %s", path, strerror(errno));

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		nanosleep(&(struct timespec){.tv_nsec = LOCK_AGAIN_NS}, NULL);
	}
	close(fd);
	return err_set(err, -EAGAIN, "%s: another process holds it", path);
}

static int number_parse(const char *text, int64_t *out)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno != 0 || strcmp(end, "\n") != 0)
		return -EINVAL;
	*out = number;
	return 0;
}

/* A file that says something else than a number is no zero: somebody has to look. */
static int file_read(const char *path, int64_t *out, struct err *err)
{
	char text[TEXT_MOST + 1] = "";

	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) {
		*out = 0;
		return 0;
	}
	if (fd < 0)
		return err_set(err, -errno, "%s: %s", path, strerror(errno));

	ssize_t length = read(fd, text, TEXT_MOST);
	int error = length < 0 ? errno : EINVAL;
	close(fd);
	if (length < 0 || strlen(text) != (size_t)length || number_parse(text, out) < 0)
		return err_set(err, -error, "%s: %s", path,
			length < 0 ? strerror(error) : "it holds no number");
	return 0;
}

static int file_write(const char *path, int64_t number)
{
	char text[TEXT_MOST + 1];

	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;

	int length = snprintf(text, sizeof(text), "%" PRId64 "\n", number);
	ssize_t written = write(fd, text, (size_t)length);
	int r = written < 0 ? -errno : written != length ? -ENOSPC : 0;
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

/* The rename itself is on the disk when the folder is. */
static int dir_sync(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	int r = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static int file_replace(const struct seen *seen, int64_t number, struct err *err)
{
	int r = file_write(seen->fresh_path, number);
	if (r < 0)
		return err_set(err, r, "%s: %s", seen->fresh_path, strerror(-r));
	if (rename(seen->fresh_path, seen->path) < 0)
		return err_set(err, -errno, "%s: %s", seen->path, strerror(errno));
	r = dir_sync(seen->dir);
	return r < 0 ? err_set(err, r, "%s: %s", seen->dir, strerror(-r)) : 0;
}

static int raise_to(struct seen *seen, int64_t number, struct err *err)
{
	int64_t there = 0;

	int fd = lock(seen->lock_path, err);
	if (fd < 0)
		return fd;

	int r = file_read(seen->path, &there, err);
	if (r == 0 && there > number)
		number = there;
	if (r == 0)
		r = file_replace(seen, number, err);
	if (r == 0)
		seen->highest = number;
	close(fd);
	return r;
}

static int settle(struct seen *seen, int r, const struct err *err)
{
	snprintf(seen->trouble.text, sizeof(seen->trouble.text), "%s", r < 0 ? err->text : "");
	return r;
}

int seen_read(struct seen *seen, struct err *err)
{
	if (!seen->path)
		return 0;

	return settle(seen, raise_to(seen, seen->highest, err), err);
}

int seen_keep(struct seen *seen, int64_t number, struct err *err)
{
	if (!seen->path)
		return err_set(err, -ENOENT, "the installation is not known yet");
	if (number <= seen->highest && !seen_trouble(seen))
		return 0;

	return settle(seen, raise_to(seen, number, err), err);
}

int64_t seen_highest(const struct seen *seen)
{
	return seen->highest;
}

const char *seen_trouble(const struct seen *seen)
{
	return seen->trouble.text[0] == '\0' ? NULL : seen->trouble.text;
}
