/*
 * clock.h - three kinds of time that do not mix: wall (records, may jump), mono (deadlines, never stored), span.
 * Wall times are UTC microseconds since 1970, as Postgres keeps them. No function here reads a clock by itself:
 * a struct clock is handed in, so that tests and replays bring their own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/time.h>

#include "common/sys/attr.h"

struct wall {
	int64_t us;
};

struct mono {
	int64_t us;
};

struct span {
	int64_t us;
};

struct clock {
	struct wall (*wall)(void *owner);
	struct mono (*mono)(void *owner);
	void *owner;
};

/* CLOCK_REALTIME and CLOCK_BOOTTIME. */
const struct clock *clock_system(void);

static inline struct wall clock_wall(const struct clock *clock)
{
	return clock->wall(clock->owner);
}

static inline struct mono clock_mono(const struct clock *clock)
{
	return clock->mono(clock->owner);
}

static inline struct span span_sec(int64_t seconds)
{
	return (struct span){seconds * 1000000};
}

static inline struct span span_ms(int64_t milliseconds)
{
	return (struct span){milliseconds * 1000};
}

/* For a timer; the span is not negative. */
static inline struct timeval span_timeval(struct span span)
{
	return (struct timeval){.tv_sec = span.us / 1000000, .tv_usec = span.us % 1000000};
}

static inline struct mono mono_add(struct mono at, struct span by)
{
	return (struct mono){at.us + by.us};
}

static inline struct span mono_since(struct mono later, struct mono earlier)
{
	return (struct span){later.us - earlier.us};
}

static inline bool mono_reached(struct mono deadline, struct mono now)
{
	return now.us >= deadline.us;
}

static inline struct wall wall_add(struct wall at, struct span by)
{
	return (struct wall){at.us + by.us};
}

static inline struct span wall_since(struct wall later, struct wall earlier)
{
	return (struct span){later.us - earlier.us};
}

enum {
	WALL_TEXT = 40, /* room for any wall_format */
};

/*
 * RFC 3339, and what Postgres prints with DateStyle ISO: `T` or a space, 0..9 fraction digits (beyond six they
 * are cut, never rounded), `Z`, `+00`, `+05:30`. Returns 0, or -EINVAL and leaves *out alone.
 */
int wall_parse(const char *text, struct wall *out) MUST_CHECK;

/* `2026-11-25T14:30:00Z`, `...:00.25Z`: UTC, trailing zeros of the fraction left out. */
void wall_format(struct wall at, char out[static WALL_TEXT]);
