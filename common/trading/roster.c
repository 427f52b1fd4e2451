/* roster.c - see roster.h. */
#include "common/trading/roster.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/pgrow.h"

enum {
	RINGS_MOST = 100, /* more users than this at once: everybody is read */
	ROSTER_TROUBLE = 256,
	AGAIN_SEC = 5, /* after a reading that failed; the sweep may be an hour away */
};

struct roster {
	struct roster_options options;
	struct people *people;
	struct event *sweep;
	bool complete;
	bool unsure; /* the last reading of everybody met a row that it could not read */
	bool reading;
	char trouble[ROSTER_TROUBLE]; /* "" = none */
	char *read_uid;		      /* of the reading under way; NULL = everybody */
	bool all;		      /* everybody is to be read next */
	char *rung[RINGS_MOST];
	size_t rung_count;
};

/* clang-format off */
const struct pg_stmt roster_statement = {"book_configs", 1, "select firebase_uid, enabled, template_config, template_version, config, config_version from book_configs(case when $1::text is null then null else array[$1::text] end)"};

/* clang-format on */

/* Texts point into the result. */
struct document_row {
	const char *uid, *template_config, *config;
	bool enabled;
	int64_t version, template_version;
};

/* clang-format off */
static const struct pg_column columns[] = {
	{.name = "firebase_uid", .kind = PG_TEXT, .offset = offsetof(struct document_row, uid)},
	{.name = "enabled", .kind = PG_BOOL, .offset = offsetof(struct document_row, enabled)},
	{.name = "template_config", .kind = PG_TEXT, .offset = offsetof(struct document_row, template_config), .flags = PG_NULL_OK},
	{.name = "template_version", .kind = PG_I64, .offset = offsetof(struct document_row, template_version), .flags = PG_NULL_OK},
	{.name = "config", .kind = PG_TEXT, .offset = offsetof(struct document_row, config)},
	{.name = "config_version", .kind = PG_I64, .offset = offsetof(struct document_row, version), .flags = PG_NULL_OK},
	{.name = NULL},
};
/* clang-format on */

static void read_next(struct roster *roster);

static void forget_rings(struct roster *roster)
{
	for (size_t i = 0; i < roster->rung_count; i++)
		alloc_free(&roster->rung[i]);
	roster->rung_count = 0;
	roster->all = false;
}

static struct config *load(
	struct roster *roster, const struct document_row *row, struct person_stamp stamp)
{
	const struct roster_hooks *hooks = &roster->options.hooks;
	const struct config_source source = {
		.template_text = row->template_config,
		.override_text = row->config,
		.worker_interval_seconds = roster->options.worker_interval_seconds,
		.allow_unattended = roster->options.allow_unattended,
	};
	struct config_report report = {0};
	struct config *config = NULL;

	if (!row->enabled)
		return NULL;
	if (config_load(&source, &config, &report) < 0)
		hooks->unusable(hooks->owner, row->uid, stamp, &report);
	else if (!config->enabled)
		config_free(&config);
	config_report_done(&report);
	return config;
}

/* True when the row is news. */
static bool take_row(struct roster *roster, const struct document_row *row)
{
	struct person_stamp stamp = {row->version, row->template_version, row->enabled};

	if (people_known(roster->people, row->uid, stamp))
		return false;
	people_put(roster->people, row->uid, stamp, load(roster, row, stamp));
	return true;
}

/* *whole_out: every row could be read. */
static bool take_rows(struct roster *roster, const PGresult *result, bool *whole_out)
{
	bool news = false;

	*whole_out = true;
	for (int i = 0; i < PQntuples(result); i++) {
		struct document_row row = {0};
		struct err err;

		if (pg_row_read(result, i, columns, &row, &err) == 0) {
			news |= take_row(roster, &row);
			continue;
		}
		*whole_out = false;
		roster->options.hooks.failed(roster->options.hooks.owner, err.text);
	}
	return news;
}

static bool take_answer(struct roster *roster, const char *uid, const PGresult *result)
{
	bool first = !roster->complete;
	bool news = false;
	bool whole;

	if (uid != NULL) {
		if (PQntuples(result) == 0)
			news = people_remove(roster->people, uid);
		return take_rows(roster, result, &whole) || news;
	}
	people_reading(roster->people);
	news = take_rows(roster, result, &whole);
	roster->complete = true;
	roster->unsure = !whole;
	/* Whose row it was is not known: then nobody counts as gone. */
	return (whole && people_read(roster->people) > 0) || news || first;
}

static void sweep_every(struct roster *roster, int64_t seconds)
{
	struct timeval every = {.tv_sec = seconds};

	event_add(roster->sweep, &every);
}

static void note(struct roster *roster, const struct pg_answer *answer)
{
	bool failed = answer->outcome != PG_DONE;
	int64_t sweep = roster->options.worker_interval_seconds;

	if (failed != (roster->trouble[0] != '\0'))
		sweep_every(roster, failed && sweep > AGAIN_SEC ? AGAIN_SEC : sweep);
	roster->trouble[0] = '\0';
	if (failed)
		snprintf(roster->trouble, sizeof(roster->trouble),
			"the users' documents cannot be read: %s", answer->error);
}

static void answered(void *owner, const struct pg_answer *answer)
{
	struct roster *roster = owner;
	const struct roster_hooks *hooks = &roster->options.hooks;
	AUTO(alloc_free) char *uid = TAKE(roster->read_uid);

	roster->reading = false;
	note(roster, answer);
	if (answer->outcome != PG_DONE) {
		roster->all = true;
		hooks->failed(hooks->owner, answer->error);
		return;
	}
	if (take_answer(roster, uid, answer->results[0]))
		hooks->changed(hooks->owner);
	read_next(roster);
}

static void read_next(struct roster *roster)
{
	if (roster->reading || (!roster->all && roster->rung_count == 0))
		return;
	if (roster->all)
		forget_rings(roster);
	else
		roster->read_uid = TAKE(roster->rung[--roster->rung_count]);
	roster->reading = true;
	pg_ask(roster->options.pg, &roster_statement, (const char *const[]){roster->read_uid},
		span_sec(10), answered, roster);
}

static bool already_rung(const struct roster *roster, const char *uid)
{
	for (size_t i = 0; i < roster->rung_count; i++)
		if (strcmp(roster->rung[i], uid) == 0)
			return true;
	return false;
}

static void remember_ring(struct roster *roster, const char *uid)
{
	if (roster->all || already_rung(roster, uid))
		return;
	if (strcmp(uid, "*") == 0 || roster->rung_count == RINGS_MOST)
		roster->all = true;
	else
		roster->rung[roster->rung_count++] = alloc_text(uid);
}

void roster_rung(struct roster *roster, const char *payload)
{
	remember_ring(roster, payload);
	read_next(roster);
}

static void on_sweep(evutil_socket_t fd, short what, void *owner)
{
	(void)fd;
	(void)what;
	roster_rung(owner, "*");
}

void roster_start(struct roster *roster)
{
	roster->complete = false;
	roster->trouble[0] = '\0';
	sweep_every(roster, roster->options.worker_interval_seconds);
	roster_rung(roster, "*");
}

void roster_stop(struct roster *roster)
{
	event_del(roster->sweep);
	pg_forget(roster->options.pg, roster);
	roster->reading = false;
	alloc_free(&roster->read_uid);
	forget_rings(roster);
}

struct roster *roster_new(const struct roster_options *options)
{
	struct roster *roster = alloc_zero(sizeof(*roster));

	roster->options = *options;
	roster->people = people_new();
	roster->sweep = event_new(options->base, -1, EV_PERSIST, on_sweep, roster);
	must(roster->sweep != NULL);
	return roster;
}

void roster_free(struct roster **roster)
{
	if (*roster == NULL)
		return;
	roster_stop(*roster);
	event_free((*roster)->sweep);
	people_free(&(*roster)->people);
	alloc_free(roster);
}

bool roster_complete(const struct roster *roster)
{
	return roster->complete;
}

bool roster_knows(const struct roster *roster, const char *uid)
{
	return roster->complete && (!roster->unsure || people_find(roster->people, uid) != NULL);
}

const char *roster_trouble(const struct roster *roster)
{
	return roster->trouble[0] != '\0' ? roster->trouble : NULL;
}

const struct people *roster_people(const struct roster *roster)
{
	return roster->people;
}
