/* settings.h - what ingestd reads from its environment beside what every daemon does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/sys/daemon.h"

struct ingest_settings {
	bool ingest_enabled;
	bool worker_enabled;
	int64_t interval_sec; /* no feed is polled more often */
	char *key_id, *secret_key;
	char *data_url, *trading_url;
	int data_feed; /* enum feed, where an input names none */
	char *ca_file; /* NULL = the system's */
};

extern const struct setting ingest_setting_rows[];

/* Hosts that we may talk to; for daemon_app.check. */
int ingest_settings_check(
	const void *settings, const struct daemon_settings *common, struct err *err);

/* Whether there is work at all: all three switches. */
bool ingest_settings_work(
	const struct ingest_settings *settings, const struct daemon_settings *common);
