/* lookup.c - see lookup.h. The thread and the loop share one question, which the last of the two frees. */
#include "common/sys/lookup.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"

enum {
	STACK_BYTES = 512 * 1024,
};

struct question {
	char *host, port[16];
	int bell; /* eventfd: rung by the thread */
	int holders;
	int error; /* of getaddrinfo */
	struct addrinfo *found;
};

struct lookup {
	struct question *question;
	struct event *event;
	lookup_fn *fn;
	void *owner;
};

static void question_let_go(struct question *question)
{
	if (__atomic_sub_fetch(&question->holders, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (question->found)
		freeaddrinfo(question->found);
	close(question->bell);
	alloc_free(&question->host);
	alloc_free(&question);
}

static void resolve(struct question *question, int flags)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | flags};

	question->error = getaddrinfo(question->host, question->port, &hints, &question->found);
}

static void ring(const struct question *question)
{
	const uint64_t one = 1;

	must(write(question->bell, &one, sizeof(one)) == sizeof(one));
}

static void *run(void *argument)
{
	struct question *question = argument;

	resolve(question, AI_ADDRCONFIG);
	ring(question);
	question_let_go(question);
	return NULL;
}

/* The daemon's signals are its loop's, never this thread's. */
static void thread_start(struct question *question)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, before;

	sigfillset(&all);
	must(pthread_attr_init(&attributes) == 0);
	must(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0);
	must(pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0);
	must(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
	question->holders++;
	if (pthread_create(&thread, &attributes, run, question) != 0) {
		question->holders--;
		question->error = EAI_AGAIN;
		ring(question);
	}
	must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
	pthread_attr_destroy(&attributes);
}

static void on_bell(evutil_socket_t fd, short what, void *owner)
{
	struct lookup *lookup = owner;
	struct question *question = lookup->question;
	char error[300];

	(void)fd;
	(void)what;
	/* The callback may free the lookup; what it borrows stays until it is back. */
	__atomic_add_fetch(&question->holders, 1, __ATOMIC_ACQ_REL);
	if (question->error == 0 && question->found) {
		lookup->fn(lookup->owner, question->found, NULL);
	} else {
		snprintf(error, sizeof(error), "%s: %s", question->host,
			gai_strerror(question->error));
		lookup->fn(lookup->owner, NULL, error);
	}
	question_let_go(question);
}

struct lookup *lookup_new(
	struct event_base *base, const char *host, int port, lookup_fn *fn, void *owner)
{
	struct lookup *lookup = alloc_zero(sizeof(*lookup));
	struct question *question = alloc_zero(sizeof(*question));

	question->host = alloc_text(host);
	snprintf(question->port, sizeof(question->port), "%d", port);
	question->holders = 1;
	question->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	must(question->bell >= 0);
	lookup->question = question;
	lookup->fn = fn;
	lookup->owner = owner;
	lookup->event = event_new(base, question->bell, EV_READ, on_bell, lookup);
	must(lookup->event != NULL && event_add(lookup->event, NULL) == 0);

	resolve(question, AI_NUMERICHOST);
	if (question->error == 0)
		ring(question);
	else
		thread_start(question);
	return lookup;
}

void lookup_free(struct lookup **lookup)
{
	if (!*lookup)
		return;

	event_free((*lookup)->event);
	question_let_go((*lookup)->question);
	alloc_free(lookup);
}
