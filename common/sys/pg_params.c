/* pg_params.c - see pg_params.h. */
#include "common/sys/pg_params.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "common/sys/alloc.h"
#include "common/sys/must.h"
#include "common/sys/pg.h"

enum {
	PARAMS_MAX = 80, /* libpq 15 has 42 */
};

struct pg_params {
	size_t count;
	char *keys[PARAMS_MAX + 1];
	char *values[PARAMS_MAX + 1];
};

struct pair {
	const char *key, *value;
};

static const struct pair defaults[] = {
	{"connect_timeout", "3"},
	{"tcp_user_timeout", "10000"},
	{"keepalives_idle", "10"},
	{"keepalives_interval", "3"},
	{"keepalives_count", "3"},
	{"gssencmode", "disable"},
	{"target_session_attrs", "read-write"},
};

/* Compiling our short statements takes a hundred times as long as running them (instance_states: 761 ms against 2), and
 * estimates of jsonb_to_recordset are high enough to bring it about: jit is off.
 * Theirs stand behind these and win; how dates look stands behind theirs, because pgrow.c reads them. */
static const char options_before[] = "-c statement_timeout=5s -c lock_timeout=2s "
				     "-c idle_in_transaction_session_timeout=10s "
				     "-c client_min_messages=notice -c jit=off ";
static const char options_after[] = " -c TimeZone=UTC -c DateStyle=ISO";

static char **place_of(struct pg_params *params, const char *key)
{
	for (size_t i = 0; i < params->count; i++) {
		if (strcmp(params->keys[i], key) == 0)
			return &params->values[i];
	}
	must(params->count < PARAMS_MAX);
	params->keys[params->count] = alloc_text(key);
	return &params->values[params->count++];
}

static void set_default(struct pg_params *params, const char *key, const char *value)
{
	char **place = place_of(params, key);

	if (*place == NULL)
		*place = alloc_text(value);
}

static void set(struct pg_params *params, const char *key, const char *value)
{
	char **place = place_of(params, key);

	alloc_free(place);
	*place = alloc_text(value);
}

static void set_options(struct pg_params *params)
{
	char **place = place_of(params, "options");
	char *text =
		alloc_print("%s%s%s", options_before, *place != NULL ? *place : "", options_after);

	alloc_free(place);
	*place = text;
}

static void take(struct pg_params *params, const PQconninfoOption *options)
{
	for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
		if (option->val != NULL)
			set(params, option->keyword, option->val);
	}
}

struct pg_params *pg_params_new(const char *conninfo, const char *name)
{
	struct pg_params *params = alloc_zero(sizeof(*params));
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);

	must(options != NULL);
	take(params, options);
	PQconninfoFree(options);
	for (size_t i = 0; i < LENGTH(defaults); i++)
		set_default(params, defaults[i].key, defaults[i].value);
	set_default(params, "application_name", name);
	set(params, "client_encoding", "UTF8");
	set_options(params);
	return params;
}

void pg_params_free(struct pg_params **params)
{
	if (*params == NULL)
		return;
	for (size_t i = 0; i < (*params)->count; i++) {
		alloc_free(&(*params)->keys[i]);
		alloc_free(&(*params)->values[i]);
	}
	alloc_free(params);
}

const char *const *pg_params_keys(const struct pg_params *params)
{
	return (const char *const *)params->keys;
}

const char *const *pg_params_values(const struct pg_params *params)
{
	return (const char *const *)params->values;
}

static const char *value_of(const struct pg_params *params, const char *key)
{
	for (size_t i = 0; i < params->count; i++) {
		if (strcmp(params->keys[i], key) == 0)
			return params->values[i];
	}
	return NULL;
}

struct span pg_params_timeout(const struct pg_params *params)
{
	long seconds = strtol(value_of(params, "connect_timeout"), NULL, 10);

	return span_sec(seconds > 0 && seconds < 3600 ? seconds : 3);
}

void pg_params_rotate(struct pg_params *params)
{
	static const char *const lists[] = {"host", "hostaddr", "port"};

	for (size_t i = 0; i < LENGTH(lists); i++) {
		const char *old = value_of(params, lists[i]);
		const char *comma = old != NULL ? strchr(old, ',') : NULL;

		if (comma == NULL)
			continue;
		char *text = alloc_print("%s,%.*s", comma + 1, (int)(comma - old), old);
		set(params, lists[i], text);
		alloc_free(&text);
	}
}

bool pg_conninfo_fits(const char *conninfo)
{
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);

	PQconninfoFree(options);
	return options != NULL;
}
