/* gauge.c - see gauge.h. A full notification queue makes everybody's commits fail: its filling is an alarm, said once. */
#include "tradectl/gauge.h"

#include <string.h>

#include "common/sys/alloc.h"
#include "tradectl/tradectl.h"

enum {
	ALARM_PPM = 100000, /* of the queue; a listener that sits in a transaction fills it */
	SWITCHES = 2,	    /* that bind every order of this account; those of people are theirs */
};

struct gauge {
	struct tradectl *t;
	bool asking;
	bool alarmed;
	int levels[SWITCHES]; /* as last read */
};

static const char *const switches[SWITCHES] = {"global", "account"};
static const char *const level_names[] = {"active", "reducing", "halted"};

struct gauge *gauge_new(struct tradectl *t)
{
	struct gauge *gauge = alloc_zero(sizeof(*gauge));

	gauge->t = t;
	return gauge;
}

void gauge_free(struct gauge **gauge)
{
	if (!*gauge)
		return;

	pg_forget((*gauge)->t->db.work, *gauge);
	alloc_free(gauge);
}

static void alarm_of(struct gauge *gauge, int64_t ppm)
{
	bool over = ppm > ALARM_PPM;

	if (over == gauge->alarmed)
		return;

	gauge->alarmed = over;
	if (over)
		log_error(gauge->t->log, "notifications.filling",
			"the notification queue fills up; when it is full, commits fail: find the "
			"listener that sits in a transaction (pg_stat_activity)",
			LOG_INT("percent", ppm / 10000));
	else
		log_info(gauge->t->log, "notifications.emptied",
			"the notification queue is as it should be",
			LOG_INT("percent", ppm / 10000));
}

int gauge_halted(const struct gauge *gauge)
{
	return gauge->levels[0] > gauge->levels[1] ? gauge->levels[0] : gauge->levels[1];
}

/* Once a change: also what was halted before this daemon started. */
static void tell_switch(struct gauge *gauge, const struct db_gauge *read)
{
	for (size_t i = 0; i < SWITCHES; i++) {
		if (strcmp(switches[i], read->scope) != 0 || gauge->levels[i] == read->level ||
			read->level < 0 || read->level >= (int64_t)LENGTH(level_names))
			continue;
		gauge->levels[i] = (int)read->level;
		if (read->level > 0)
			log_warning(gauge->t->log, "trading.switched",
				"orders are held; `tradectl status` says who and why",
				LOG_TEXT("scope", switches[i]),
				LOG_TEXT("level", level_names[read->level]));
		else
			log_info(gauge->t->log, "trading.switched", "orders go again",
				LOG_TEXT("scope", switches[i]), LOG_TEXT("level", "active"));
	}
}

static void shown(void *owner, const struct pg_answer *answer)
{
	struct gauge *gauge = owner;
	struct metrics *metrics = gauge->t->metrics;
	struct err err;

	gauge->asking = false;
	if (answer->outcome != PG_DONE)
		return;

	for (size_t row = 0; row < db_count(answer); row++) {
		struct db_gauge read;
		if (db_gauge(answer, row, &read, &err) < 0)
			return;

		AUTO(alloc_free) char *labels = alloc_print("scope=\"%s\"", read.scope);
		metric_set(metrics, "trading_halted", labels,
			"Strictest switch of each scope: 0 active, 1 reducing, 2 halted.",
			read.level);
		metric_set_ppm(metrics, "notification_queue_use", NULL,
			"How full the notification queue is, 0 to 1; a full one fails commits.",
			read.queue_use_ppm);
		alarm_of(gauge, read.queue_use_ppm);
		tell_switch(gauge, &read);
	}
}

void gauge_wake(struct gauge *gauge)
{
	if (gauge->asking)
		return;

	gauge->asking = true;
	db_gauges(&gauge->t->db, shown, gauge);
}
