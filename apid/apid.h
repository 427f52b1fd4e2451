/* apid.h - what one apid is made of; passed down, never global. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>

#include "common/sys/clock.h"
#include "common/sys/daemon.h"
#include "common/sys/log.h"
#include "common/sys/metric.h"
#include "common/sys/setting.h"

struct apid_settings {
	char *project;	       /* FIREBASE_PROJECT_ID */
	char *certs_url;       /* FIREBASE_CERTS_URL */
	char *listen;	       /* APID_LISTEN */
	char *allowed_origins; /* APID_ALLOWED_ORIGINS, NULL = none */
	int64_t max_connections;
	int64_t db_sessions;
	bool allow_unattended;
};

extern const struct setting apid_settings[];
int apid_settings_check(
	const void *settings, const struct daemon_settings *common, struct err *err) MUST_CHECK;

struct apid {
	struct daemon *daemon;
	struct event_base *base;
	struct log *log;
	const struct clock *clock;
	struct metrics *metrics;
	const struct apid_settings *settings;
	struct door *door;
	struct db *db;
	struct certs *certs;
	struct auth *auth;
	struct hub *hub;
	struct rung *rung;
	size_t requests; /* being answered */
	struct event *drain_timer;
	bool draining;
};
