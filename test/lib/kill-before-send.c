/*
 * Preloaded into a daemon, it ends the process with SIGKILL at the worst moment: the last fence has committed, and not one
 * byte of the order's POST has been sent.
 */
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
	static const char post[] = "POST /v2/orders ";
	ssize_t (*real)(int, const void *, size_t, int);

	if (length >= sizeof(post) - 1 && memcmp(bytes, post, sizeof(post) - 1) == 0)
		kill(getpid(), SIGKILL);
	*(void **)&real = dlsym(RTLD_NEXT, "send");
	return real(fd, bytes, length, flags);
}
