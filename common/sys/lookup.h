/*
 * lookup.h - the address of a host name, without blocking the loop: getaddrinfo in a thread of its own (it follows
 * nsswitch and /etc/hosts as every other program does), an address literal at once.
 */
#pragma once

#include <netdb.h>

#include <event2/event.h>

struct lookup;

/* error is NULL or one sentence; found is in the order in which to try, borrowed until the callback returns. */
typedef void lookup_fn(void *owner, const struct addrinfo *found, const char *error);

/* The answer comes from the loop, exactly once, unless the lookup is freed first. It has no deadline of its own. */
struct lookup *lookup_new(
	struct event_base *base, const char *host, int port, lookup_fn *fn, void *owner);
/* Also from inside the callback; a thread still under way cleans up after itself. */
void lookup_free(struct lookup **lookup);
