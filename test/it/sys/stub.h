/* stub.h - a small HTTP server in a process of its own that answers by path, mostly badly. */
#pragma once

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/sys/must.h"

/* What the server saw, in memory that both processes see. */
struct stub_seen {
	int connections, requests, posts;
	char last[8192]; /* the last request, header and body */
};

struct stub {
	pid_t pid;
	int port;
	struct stub_seen *seen;
};

static inline void stub_say(int fd, const char *text)
{
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static inline void stub_say_much(int fd)
{
	static char block[64 << 10];

	memset(block, 'x', sizeof(block));
	stub_say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	for (int i = 0; i < 80; i++) {
		if (send(fd, block, sizeof(block), MSG_NOSIGNAL) < 0)
			return;
	}
}

/* Reads one request into text; false at the end of the connection. */
static inline bool stub_read(int fd, char *text, size_t size)
{
	size_t length = 0;

	for (;;) {
		const char *end, *field;
		ssize_t got = recv(fd, text + length, size - 1 - length, 0);

		if (got <= 0)
			return false;
		length += (size_t)got;
		text[length] = '\0';
		end = strstr(text, "\r\n\r\n");
		if (end == NULL)
			continue;
		field = strstr(text, "Content-Length: ");
		size_t body =
			field != NULL ? strtoul(field + strlen("Content-Length: "), NULL, 10) : 0;
		if (length >= (size_t)(end + 4 - text) + body)
			return true;
	}
}

struct stub_reply {
	const char *path, *text;
	bool stays; /* the connection stays open */
};

/* clang-format off */
static const struct stub_reply stub_replies[] = {
	{"/ok", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Request-ID:  abc \r\nX-request-id: last\r\n\r\nfine", true},
	{"/refused", "HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: 2\r\n\r\n{}", true},
	{"/none", "HTTP/1.1 204 No Content\r\n\r\n", true},
	{"/chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Request-ID: trailer\r\n\r\n", true},
	{"/continue", "HTTP/1.1 100 Continue\r\nX-Request-ID: early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true},
	{"/redirect", "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n", true},
	{"/half-header", "HTTP/1.1 200 OK\r\nContent-", false},
	{"/half-body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", false},
	{"/half-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", false},
	{"/only-continue", "HTTP/1.1 100 Continue\r\n\r\n", false},
	{"/garbage", "what?\r\n\r\n", false},
	{"/drop", "", false},
};

/* clang-format on */

static inline bool stub_answer(int fd, const char *request, int number)
{
	const char *path = strchr(request, ' ') + 1;
	size_t length = strcspn(path, " ?");

	if (length == 8 && strncmp(path, "/twice-k", 8) == 0) {
		/* Serves the first request of a connection and dies at the second. */
		if (number > 1)
			return false;
		stub_say(fd, stub_replies[0].text);
		return true;
	}
	if (length == 5 && strncmp(path, "/slow", 5) == 0)
		sleep(5);
	if (length == 4 && strncmp(path, "/big", 4) == 0)
		stub_say_much(fd);
	for (size_t i = 0; i < sizeof(stub_replies) / sizeof(stub_replies[0]); i++) {
		const struct stub_reply *reply = &stub_replies[i];

		if (strlen(reply->path) == length && strncmp(path, reply->path, length) == 0) {
			stub_say(fd, reply->text);
			return reply->stays;
		}
	}
	return false;
}

static inline void stub_serve(int fd, struct stub_seen *seen)
{
	char text[sizeof(seen->last)];
	int number = 0;

	while (stub_read(fd, text, sizeof(text))) {
		__atomic_add_fetch(&seen->requests, 1, __ATOMIC_SEQ_CST);
		if (strncmp(text, "POST", 4) == 0)
			__atomic_add_fetch(&seen->posts, 1, __ATOMIC_SEQ_CST);
		memcpy(seen->last, text, sizeof(text));
		if (!stub_answer(fd, text, ++number))
			break;
	}
	_exit(0);
}

static inline void stub_accept(int listener, struct stub_seen *seen)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		__atomic_add_fetch(&seen->connections, 1, __ATOMIC_SEQ_CST);
		if (fork() == 0) {
			close(listener);
			stub_serve(fd, seen);
		}
		close(fd);
	}
}

static inline struct stub stub_start(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stub stub;

	must(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 16) == 0);
	must(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
	stub.port = ntohs(address.sin_port);
	stub.seen = mmap(NULL, sizeof(*stub.seen), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(stub.seen != MAP_FAILED);
	stub.pid = fork();
	must(stub.pid >= 0);
	if (stub.pid == 0)
		stub_accept(listener, stub.seen);
	close(listener);
	return stub;
}

static inline void stub_stop(struct stub *stub)
{
	kill(stub->pid, SIGKILL);
	munmap(stub->seen, sizeof(*stub->seen));
}
