/*
 * Preloaded into a program: nothing but Unix sockets can be reached, and a name cannot be looked up. Each try is a line of the
 * file NO_NETWORK_LOG: `connect ADDRESS PORT` or `lookup NAME`. NO_NETWORK_PORT may be reached on loopback all the same.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static void note(const char *what, const char *whom, int port)
{
	char line[256];
	int length = snprintf(line, sizeof(line), "%s %s %d\n", what, whom, port);
	const char *path = getenv("NO_NETWORK_LOG");
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;

	if (fd < 0 || write(fd, line, (size_t)length) != length)
		abort();
	close(fd);
}

/* Whether that address may be reached; notes it when not. */
static int allowed(const struct sockaddr *to)
{
	const struct sockaddr_in *v4 = (const void *)to;
	const struct sockaddr_in6 *v6 = (const void *)to;
	const char *port = getenv("NO_NETWORK_PORT");
	char text[INET6_ADDRSTRLEN] = "?", number[8];

	if (to->sa_family != AF_INET && to->sa_family != AF_INET6)
		return 1;
	if (to->sa_family == AF_INET)
		inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
	snprintf(number, sizeof(number), "%u", (unsigned)ntohs(v4->sin_port));
	if (port && strcmp(text, "127.0.0.1") == 0 && strcmp(number, port) == 0)
		return 1;
	note("connect", text, ntohs(v4->sin_port));
	errno = ENETUNREACH;
	return 0;
}

int connect(int fd, const struct sockaddr *to, socklen_t length)
{
	int (*real)(int, const struct sockaddr *, socklen_t);

	*(void **)&real = dlsym(RTLD_NEXT, "connect");
	return allowed(to) ? real(fd, to, length) : -1;
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to,
	socklen_t to_length)
{
	ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);

	*(void **)&real = dlsym(RTLD_NEXT, "sendto");
	return !to || allowed(to) ? real(fd, bytes, length, flags, to, to_length) : -1;
}

int getaddrinfo(
	const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (!name || (hints && hints->ai_flags & AI_NUMERICHOST) || getenv("NO_NETWORK_PORT"))
		return real(name, service, hints, out);
	note("lookup", name, 0);
	return EAI_FAIL;
}
