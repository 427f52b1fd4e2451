/* trouble.c - see trouble.h. */
#include "tradectl/trouble.h"

#include <stdio.h>
#include <string.h>

#include "common/sys/attr.h"
#include "tradectl/broker.h"
#include "tradectl/seen.h"
#include "tradectl/serve.h"
#include "tradectl/start.h"
#include "tradectl/tradectl.h"

/* clang-format off */
static const struct {
	const char *code, *todo;
} todos[] = {
	{"TRADING_ENABLED", "set TRADING_ENABLED=true and restart tradectl"},
	{"DATABASE",        "nothing, it goes on by itself when its second session is up"},
	{"KEYS_REFUSED",    "put keys there that the broker takes, then SIGHUP"},
	{"BROKER_AWAY",     "nothing, it goes on by itself when the broker answers; yeses wait until their approval ends"},
	{"OTHER_ACCOUNT",   "put the right keys back, then SIGHUP"},
	{"RECONCILING",     "wait; it takes seconds unless the broker is away"},
	{"STATE_FOLDER",    "let tradectl write TRADECTL_STATE_DIR: its rights, its disk; it looks again by itself"},
	{"CLOCK_SKEW",      "mend the clock"},
	{"QUARANTINE",      "wait, it ends by itself"},
};

/* clang-format on */

const char *trouble_todo(const char *code)
{
	for (size_t i = 0; i < LENGTH(todos); i++)
		if (strcmp(todos[i].code, code) == 0)
			return todos[i].todo;
	return "its log says more";
}

/* Behind the broker's last word; NULL = nothing. */
static const char *in_the_way(const struct tradectl *t, char *why, size_t size)
{
	if (!start_done(t->start)) {
		start_say(t->start, why, size);
		return start_keys_differ(t->start) ? "OTHER_ACCOUNT" : "RECONCILING";
	}
	if (seen_trouble(t->seen)) {
		snprintf(why, size, "state folder: %s", seen_trouble(t->seen));
		return "STATE_FOLDER";
	}
	if (!serve_clocks_agree(t, why, size))
		return "CLOCK_SKEW";
	return serve_past_quarantine(t, why, size) ? NULL : "QUARANTINE";
}

void trouble_find(const struct tradectl *t, struct trouble *out)
{
	const char *fence = pg_trouble(t->db.fence);

	*out = (struct trouble){0};
	if (!t->trading_enabled) {
		out->code = "TRADING_ENABLED";
		snprintf(out->text, sizeof(out->text), "idle: TRADING_ENABLED is false");
	} else if (fence) {
		out->code = "DATABASE";
		snprintf(out->text, sizeof(out->text), "database: %s", fence);
	} else if (broker_trouble(t->broker)) {
		out->code = broker_refuses_keys(t->broker) ? "KEYS_REFUSED" : "BROKER_AWAY";
		snprintf(out->text, sizeof(out->text), "broker: %s", broker_trouble(t->broker));
	} else {
		out->code = in_the_way(t, out->text, sizeof(out->text));
	}
}
