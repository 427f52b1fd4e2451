/* plan.c - see plan.h. */
#include "ingestd/plan.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"

struct plan_bad {
	enum asset_class asset_class;
	struct symbol symbol;
	struct mono until;
};

struct plan {
	struct plan_call *calls;
	size_t count;
	struct plan_bad *bad;
	size_t bad_count;
};

struct plan *plan_new(void)
{
	return alloc_zero(sizeof(struct plan));
}

static void free_calls(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		alloc_free(&plan->calls[i].entries);
	alloc_free(&plan->calls);
	plan->count = 0;
}

void plan_free(struct plan **plan)
{
	if (*plan == NULL)
		return;
	free_calls(*plan);
	alloc_free(&(*plan)->bad);
	alloc_free(plan);
}

static bool same_feed(struct plan_key key, const struct watch_entry *entry)
{
	return key.asset_class == entry->asset_class && key.feed == entry->feed;
}

struct plan_call *plan_find(struct plan *plan, struct plan_key key)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_call *call = &plan->calls[i];
		if (call->key.asset_class == key.asset_class && call->key.feed == key.feed &&
			call->key.part == key.part)
			return call;
	}
	return NULL;
}

static const struct watch_entry *find_entry(const struct plan_call *call, const char *symbol)
{
	for (size_t i = 0; i < call->count; i++)
		if (strcmp(call->entries[i].symbol.text, symbol) == 0)
			return &call->entries[i];
	return NULL;
}

/* Whether the old call fetched everything that the new one is to fetch. */
static bool fetched_all(const struct plan_call *old, const struct plan_call *call)
{
	for (size_t i = 0; i < call->count; i++) {
		const struct watch_entry *entry = find_entry(old, call->entries[i].symbol.text);
		if (entry == NULL || (call->entries[i].metrics & ~entry->metrics) != 0)
			return false;
	}
	return true;
}

/* What the old call knew of time, for the new one that takes its place. */
static void inherit(struct plan_call *call, const struct plan_call *old)
{
	call->started = old->started;
	call->tried = old->tried;
	call->busy = old->busy;
	call->backoff.next = old->backoff.next;
	memcpy(call->trouble, old->trouble, sizeof(call->trouble));
	if (!fetched_all(old, call))
		return;
	call->due = old->due;
	if (old->tried && call->interval.us != old->interval.us && old->backoff.next.us == 0)
		call->due = mono_add(old->started, call->interval);
}

/* Cuts the first call off the sorted entries. */
static struct plan_call make_call(
	const struct watch_entry entries[], size_t count, const struct plan_call *before)
{
	struct plan_key key = {entries[0].asset_class, entries[0].feed, 0};
	struct plan_call call = {.backoff = {.first = span_sec(1), .most = span_sec(30)}};

	if (before != NULL && same_feed(before->key, &entries[0]))
		key.part = before->key.part + 1;
	while (call.count < count && call.count < PLAN_SYMBOLS &&
		same_feed(key, &entries[call.count])) {
		struct span interval = span_sec(entries[call.count].poll_interval_seconds);
		if (call.count == 0 || interval.us < call.interval.us)
			call.interval = interval;
		call.count++;
	}
	call.key = key;
	call.entries = alloc_array(call.count, sizeof(*call.entries));
	memcpy(call.entries, entries, call.count * sizeof(*entries));
	return call;
}

static void forget_over(struct plan *plan, struct mono now)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->bad_count; i++)
		if (!mono_reached(plan->bad[i].until, now))
			plan->bad[kept++] = plan->bad[i];
	plan->bad_count = kept;
}

void plan_replace(
	struct plan *plan, const struct watch_entry entries[], size_t count, struct mono now)
{
	struct plan_call *calls = NULL;
	size_t made = 0;

	for (size_t at = 0; at < count; at += calls[made - 1].count) {
		const struct plan_call *before = made > 0 ? &calls[made - 1] : NULL;
		struct plan_call call = make_call(entries + at, count - at, before);
		const struct plan_call *old = plan_find(plan, call.key);

		call.due = now;
		if (old != NULL)
			inherit(&call, old);
		calls = alloc_grow(calls, made + 1, sizeof(*calls));
		calls[made++] = call;
	}
	free_calls(plan);
	plan->calls = calls;
	plan->count = made;
}

struct plan_call *plan_due(struct plan *plan, struct mono now)
{
	struct plan_call *first = NULL;

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_call *call = &plan->calls[i];
		if (call->busy || !mono_reached(call->due, now))
			continue;
		if (first == NULL || call->due.us < first->due.us)
			first = call;
	}
	return first;
}

const char *plan_trouble(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->calls[i].trouble[0] != '\0')
			return plan->calls[i].trouble;

	return NULL;
}

bool plan_wait(const struct plan *plan, struct mono now, struct span *wait_out)
{
	bool found = false;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_call *call = &plan->calls[i];
		struct span wait = mono_since(call->due, now);

		if (call->busy)
			continue;
		if (wait.us < 0)
			wait.us = 0;
		if (!found || wait.us < wait_out->us)
			*wait_out = wait;
		found = true;
	}
	return found;
}

static struct plan_bad *find_bad(
	const struct plan *plan, enum asset_class asset_class, const char *symbol)
{
	for (size_t i = 0; i < plan->bad_count; i++) {
		struct plan_bad *bad = &plan->bad[i];
		if (bad->asset_class == asset_class && strcmp(bad->symbol.text, symbol) == 0)
			return bad;
	}
	return NULL;
}

size_t plan_entries(const struct plan *plan, const struct plan_call *call, struct mono now,
	struct watch_entry entries_out[])
{
	size_t count = 0;

	for (size_t i = 0; i < call->count; i++) {
		const struct plan_bad *bad =
			find_bad(plan, call->key.asset_class, call->entries[i].symbol.text);
		if (bad == NULL || mono_reached(bad->until, now))
			entries_out[count++] = call->entries[i];
	}
	return count;
}

void plan_started(struct plan_call *call, struct mono now)
{
	call->started = now;
	call->tried = true;
	call->busy = true;
}

void plan_polled(struct plan_call *call, struct mono now)
{
	call->busy = false;
	call->trouble[0] = '\0';
	backoff_reset(&call->backoff);
	call->due = mono_add(call->started, call->interval);
	if (mono_reached(call->due, now))
		call->due = now;
}

void plan_failed(struct plan_call *call, struct mono now, uint32_t random, const char *why)
{
	call->busy = false;
	snprintf(call->trouble, sizeof(call->trouble), "%s", why);
	call->due = mono_add(now, backoff_next(&call->backoff, random));
}

void plan_delayed(struct plan_call *call, struct mono now, struct span wait)
{
	call->busy = false;
	call->due = mono_add(now, wait);
}

bool plan_bad_symbol(struct plan *plan, struct plan_call *call, const char *symbol, struct mono now)
{
	const struct watch_entry *entry = find_entry(call, symbol);
	if (entry == NULL)
		return false;

	forget_over(plan, now);
	if (find_bad(plan, call->key.asset_class, symbol) != NULL)
		return false;
	plan->bad = alloc_grow(plan->bad, plan->bad_count + 1, sizeof(*plan->bad));
	plan->bad[plan->bad_count++] = (struct plan_bad){
		call->key.asset_class, entry->symbol, mono_add(now, span_sec(PLAN_BAD_SECONDS))};
	call->busy = false;
	call->due = now;
	return true;
}

void plan_reset(struct plan *plan, struct mono now)
{
	for (size_t i = 0; i < plan->count; i++) {
		plan->calls[i].busy = false;
		plan->calls[i].due = now;
		plan->calls[i].trouble[0] = '\0';
		backoff_reset(&plan->calls[i].backoff);
	}
}
