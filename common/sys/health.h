/* health.h - the small listener of METRICS_LISTEN: /livez, /readyz and /metrics, plain HTTP, GET and HEAD only. */
#pragma once

#include <stdbool.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "common/sys/err.h"

struct health;

struct health_hooks {
	/* true = ready, perhaps with a remark; otherwise writes what is missing. */
	bool (*ready)(void *owner, char *missing, size_t size);
	/* Appends the whole text of /metrics. */
	void (*print)(void *owner, struct evbuffer *out);
	void *owner;
};

/* `listen` is address:port, numeric ([::1]:9101, 127.0.0.1:0 takes a free one). -EINVAL: no such address;
 * -errno of bind, with a sentence, when somebody else has the port. */
int health_new(struct event_base *base, const char *listen, const struct health_hooks *hooks,
	struct health **health_out, struct err *err) MUST_CHECK;
void health_free(struct health **health);
int health_port(const struct health *health);

/* Only reads the address: 0 or -EINVAL. */
int health_check(const char *listen, struct err *err) MUST_CHECK;
