/* settings.h - what tradectl reads from the environment beside what every daemon has. */
#pragma once

#include "common/sys/daemon.h"

struct tradectl_settings {
	char *key_id, *secret; /* NULL while trading is off */
	char *trading_url;
	char *stream_url; /* NULL: /stream of trading_url */
	char *ca_file;	  /* NULL: the system's */
	char *state_dir;
	bool allow_live;
	bool test_mode; /* no host, no keys: the account `test` */
};

extern const struct setting tradectl_settings[];

/* The rules across settings: a host we know, the live gate, keys where they are needed. */
int tradectl_settings_check(
	const void *settings, const struct daemon_settings *common, struct err *err) MUST_CHECK;
