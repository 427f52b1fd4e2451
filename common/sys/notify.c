/* notify.c - see notify.h. Twenty lines instead of libsystemd, which would bring four compressors along. */
#include "common/sys/notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void notify_send(const char *format, ...)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	char text[512];
	va_list args;

	if (path == NULL || (path[0] != '/' && path[0] != '@'))
		return;
	size_t length = strlen(path);
	if (length < 2 || length >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, length);
	if (path[0] == '@')
		to.sun_path[0] = '\0';

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);

	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
	close(fd);
}

static long long number_of(const char *name)
{
	const char *text = getenv(name);
	char *end;

	if (text == NULL || text[0] == '\0')
		return 0;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' ? number : 0;
}

struct span notify_watchdog(void)
{
	long long us = number_of("WATCHDOG_USEC");
	long long pid = number_of("WATCHDOG_PID");

	if (us <= 0 || (pid != 0 && pid != getpid()))
		return (struct span){0};
	return (struct span){us / 2};
}
