/* settings.h - what ingestd reads from its environment beside what every daemon does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/trading/worker.h"

struct ingest_settings {
	struct worker_settings worker; /* no feed is polled more often than at its interval */
	char *key_id, *secret_key;
	char *data_url, *trading_url;
	int data_feed; /* enum feed, where an input names none */
	char *ca_file; /* NULL = the system's */
	bool test_mode;
	char *fixture_file; /* NULL = the shipped one */
};

extern const struct setting ingest_setting_rows[];

/* Hosts that we may talk to; for daemon_app.check. */
int ingest_settings_check(
	const void *settings, const struct daemon_settings *common, struct err *err);

/* The name of the switch that keeps it idle; NULL when all three are on. */
const char *ingest_settings_off(
	const struct ingest_settings *settings, const struct daemon_settings *common);
