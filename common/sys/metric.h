/* metric.h - counters and gauges of one daemon, printed as Prometheus text (format 0.0.4). */
#pragma once

#include <stdint.h>

#include <event2/buffer.h>

#include "common/sys/attr.h"

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics **metrics);

/* name without the prefix hybridhub_; labels as `state="open"` or NULL. The row is made at first use; name, help and
 * labels are copied. A counter's name ends in _total. */
void metric_add(struct metrics *metrics, const char *name, const char *labels, const char *help,
	int64_t by);
void metric_set(struct metrics *metrics, const char *name, const char *labels, const char *help,
	int64_t value);
/* Drops every row of a gauge: what is measured at each print and no longer there must not stand with its last value. */
void metric_forget(struct metrics *metrics, const char *name);
/* A gauge that is a share: shown as a decimal, value / 1,000,000. Not negative. */
void metric_set_ppm(struct metrics *metrics, const char *name, const char *labels, const char *help,
	int64_t ppm);
/* A histogram of durations in seconds with fixed buckets 1 ms .. 10 s. */
void metric_took(struct metrics *metrics, const char *name, const char *labels, const char *help,
	int64_t us);
void metrics_print(const struct metrics *metrics, struct evbuffer *out);
