/* life.h - how apid begins and ends: daemon_run's callbacks. */
#pragma once

#include "apid/apid.h"

int life_start(
	struct daemon *daemon, const void *settings, void **state_out, struct err *err) MUST_CHECK;
bool life_ready(void *state, char *missing, size_t size);
void life_reload(void *state);
void life_drain(void *state);
void life_stop(void *state);
void life_measure(void *state, struct metrics *metrics);
