/* failpoint.c - see failpoint.h. */
#include "common/sys/failpoint.h"

#ifdef HYBRIDHUB_FAILPOINTS

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"

enum {
	FILE_MAX = 4096,
};

/* The linker's names for the ends of the section; weak, since a binary may have no place at all. */
extern const struct failpoint first[] __asm__("__start_failpoints") __attribute__((weak));
extern const struct failpoint end[] __asm__("__stop_failpoints") __attribute__((weak));

struct line {
	char name[64], action[16];
	unsigned pass, ms;
};

static bool line_read(const char *text, struct line *out)
{
	const char *pass = strstr(text, " pass="), *ms = strstr(text, " ms=");

	*out = (struct line){.pass = 1};
	if (sscanf(text, "%63s %15s", out->name, out->action) != 2)
		return false;
	must(strstr(" kill stop fail sleep ", out->action) != NULL);
	must(pass == NULL || sscanf(pass, " pass=%u", &out->pass) == 1);
	must(ms == NULL || sscanf(ms, " ms=%u", &out->ms) == 1);
	return true;
}

static void file_write(int fd, const char *text)
{
	size_t length = strlen(text);

	must(ftruncate(fd, 0) == 0 && pwrite(fd, text, length, 0) == (ssize_t)length);
}

static void note_hit(const char *path, const struct line *line)
{
	AUTO(alloc_free) char *hits = alloc_print("%s.hit", path);
	int fd = open(hits, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	must(fd >= 0 && dprintf(fd, "%s %s %ld\n", line->name, line->action, (long)getpid()) > 0);
	close(fd);
}

/* Looks the name up, counts the pass, and writes the file anew without it or with one pass less. */
static bool armed(int fd, const char *path, const char *name, struct line *hit_out)
{
	char text[FILE_MAX] = "", rest[FILE_MAX] = "";
	bool hit = false, known = false;
	char *after = text, *one;

	must(pread(fd, text, sizeof(text) - 1, 0) >= 0);
	while ((one = strsep(&after, "\n")) != NULL) {
		struct line line;
		size_t used = strlen(rest);

		if (!line_read(one, &line))
			continue;
		if (known || strcmp(line.name, name) != 0) {
			snprintf(rest + used, sizeof(rest) - used, "%s\n", one);
			continue;
		}
		known = true;
		hit = line.pass <= 1;
		*hit_out = line;
		if (!hit)
			snprintf(rest + used, sizeof(rest) - used, "%s %s pass=%u ms=%u\n",
				line.name, line.action, line.pass - 1, line.ms);
	}
	if (hit)
		note_hit(path, hit_out);
	if (known)
		file_write(fd, rest);
	return hit;
}

static bool act(const struct line *line)
{
	if (strcmp(line->action, "fail") == 0)
		return true;
	if (strcmp(line->action, "kill") == 0)
		raise(SIGKILL);
	else if (strcmp(line->action, "stop") == 0)
		raise(SIGSTOP);
	else if (strcmp(line->action, "sleep") == 0)
		poll(NULL, 0, (int)line->ms);
	return false;
}

bool failpoint_pass(const struct failpoint *point)
{
	const char *path = getenv("HYBRIDHUB_FAILPOINTS_FILE");
	struct line line;
	bool hit;
	int fd;

	if (path == NULL)
		return false;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	must(flock(fd, LOCK_EX) == 0);
	hit = armed(fd, path, point->name, &line);
	close(fd);
	return hit && act(&line);
}

bool failpoint_event(const char *event, const char *subject)
{
	for (const struct failpoint *point = first; point != end; point++)
		if (point->event != NULL && strcmp(point->event, event) == 0 &&
			strcmp(point->subject, subject) == 0 && failpoint_pass(point))
			return true;
	return false;
}

void failpoint_list(FILE *out)
{
	for (const struct failpoint *point = first; point != end; point++) {
		const struct failpoint *other = first;

		while (other != point && strcmp(other->name, point->name) != 0)
			other++;
		if (other == point)
			fprintf(out, "%s\n", point->name);
	}
}

#endif
