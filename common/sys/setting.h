/*
 * setting.h - settings by table from the environment.
 *
 * One row = name, kind, place, default, bounds, help. From it: parsing, bounds errors, --check-config,
 * --dump-config (secrets masked as ***) and the manual page.
 * A SECRET setting NAME is also read from the file named by NAME_FILE, or from a systemd credential
 * ($CREDENTIALS_DIRECTORY/NAME); the value is trimmed of one trailing newline. Precedence: NAME, NAME_FILE, credential.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/sys/err.h"

enum setting_kind {
	SETTING_TEXT,	/* char *, owned by the settings; NULL when unset and without default */
	SETTING_INT,	/* int64_t, min..max */
	SETTING_BOOL,	/* bool: true or false, nothing else */
	SETTING_CHOICE, /* int: index into choices */
};

enum {
	SETTING_REQUIRED = 1,
	SETTING_SECRET = 2, /* masked; also NAME_FILE and credential */
	SETTING_URL = 4,    /* a connection string: a password within is masked */
};

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;
	const char *fallback; /* default as text; NULL = none */
	int64_t min, max;
	const char *const *choices; /* NULL-terminated */
	unsigned flags;
	const char *help;
};

/* Rows end with name NULL. Reads all rows into `into` (zeroed, of the size the rows' offsets mean); the first
 * fault ends it with -EINVAL and a sentence naming the setting, its value (masked) and what is allowed. */
int setting_read(const struct setting rows[], void *into, struct err *err) MUST_CHECK;
/* Frees the texts. */
void setting_clear(const struct setting rows[], void *into);
/* NAME=value a line, in table order, quoted so that a shell reads it back; secrets as *** (empty when unset). */
void setting_dump(const struct setting rows[], const void *from, FILE *out);
/* Reads again only the SECRET rows that came from a file; on failure nothing is changed. changed_out may be NULL. */
int setting_reread_secrets(
	const struct setting rows[], void *into, bool *changed_out, struct err *err) MUST_CHECK;
