/* setting_secret.c - secrets from files and systemd credentials, and reading them again. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/setting_row.h"

enum {
	SECRET_BYTES = 16384, /* more is some other file named by mistake */
};

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Reads at most size bytes of a file; -errno on failure. O_NONBLOCK, so that a pipe without a writer holds nobody. */
static ssize_t read_file(const char *path, char *bytes, size_t size)
{
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t length = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	do {
		got = read(fd, bytes + length, size - length);
		if (got < 0)
			return -errno;
		length += (size_t)got;
	} while (got > 0 && length < size);
	return (ssize_t)length;
}

static int read_secret(const char *name, const char *path, char **text_out, struct err *err)
{
	char bytes[SECRET_BYTES + 1];
	ssize_t length = read_file(path, bytes, sizeof(bytes));
	int r = 0;

	if (length > 0 && length <= SECRET_BYTES && bytes[length - 1] == '\n')
		length--;
	if (length < 0)
		r = err_set(err, -EINVAL, "%s: %.200s: %s", name, path, strerror(-(int)length));
	else if (length == 0)
		r = err_set(err, -EINVAL, "%s: %.200s is empty", name, path);
	else if (length > SECRET_BYTES)
		r = err_set(err, -EINVAL, "%s: %.200s is longer than %d bytes", name, path,
			(int)SECRET_BYTES);
	else if (memchr(bytes, '\0', (size_t)length))
		r = err_set(err, -EINVAL, "%s: %.200s has a NUL byte", name, path);
	else
		*text_out = alloc_bytes(bytes, (size_t)length);
	explicit_bzero(bytes, sizeof(bytes));
	return r;
}

/* The path in NAME_FILE, or NULL. */
static const char *file_named(const struct setting *row)
{
	AUTO(alloc_free) char *name = alloc_print("%s_FILE", row->name);
	const char *path = getenv(name);

	return path && path[0] ? path : NULL;
}

int setting_secret_file(const struct setting *row, char **text_out, struct err *err)
{
	AUTO(alloc_free) char *name = alloc_print("%s_FILE", row->name);
	const char *path = file_named(row);

	if (!path)
		return 0;
	return read_secret(name, path, text_out, err);
}

int setting_secret_credential(const struct setting *row, char **text_out, struct err *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	AUTO(alloc_free) char *path = NULL;

	if (!folder || !folder[0])
		return 0;
	path = alloc_print("%s/%s", folder, row->name);
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	return read_secret(row->name, path, text_out, err);
}

static bool comes_from_file(const struct setting *row)
{
	const char *text = getenv(row->name);

	return row->flags & SETTING_SECRET && row->kind == SETTING_TEXT && !(text && text[0]) &&
	       file_named(row);
}

static void wipe(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	alloc_free(text);
}

/* Everything is read before anything is replaced: two keys that belong together change together or not at all. */
static int read_files(const struct setting rows[], char *fresh[], struct err *err)
{
	size_t i = 0;
	int r;

	for (const struct setting *row = rows; row->name; row++, i++) {
		if (!comes_from_file(row))
			continue;
		r = setting_secret_file(row, &fresh[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

int setting_reread_secrets(
	const struct setting rows[], void *into, bool *changed_out, struct err *err)
{
	AUTO(alloc_free) char **fresh = NULL;
	size_t count = 0;
	bool changed = false;
	int r;

	while (rows[count].name)
		count++;
	fresh = alloc_array(count, sizeof(*fresh));
	r = read_files(rows, fresh, err);
	for (size_t i = 0; i < count; i++) {
		char **place = setting_place(&rows[i], into);

		if (r == 0 && fresh[i] && (!*place || strcmp(*place, fresh[i]) != 0)) {
			wipe(place);
			*place = TAKE(fresh[i]);
			changed = true;
		}
		wipe(&fresh[i]);
	}
	if (r == 0 && changed_out)
		*changed_out = changed;
	return r;
}
