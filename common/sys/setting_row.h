/* setting_row.h - what setting_read.c, setting_secret.c and setting_dump.c share; nobody else includes it. */
#pragma once

#include "common/sys/setting.h"

/* The place of a row's value. */
void *setting_place(const struct setting *row, void *into);
const void *setting_place_const(const struct setting *row, const void *from);

/* Parses and stores; text NULL leaves the place zero. -EINVAL says why, without a secret's value. */
int setting_store(
	const struct setting *row, const char *text, void *into, struct err *err) MUST_CHECK;

/* The value of the file named by NAME_FILE; *text_out stays NULL when there is no such variable. The caller frees. */
int setting_secret_file(const struct setting *row, char **text_out, struct err *err) MUST_CHECK;
/* The same from $CREDENTIALS_DIRECTORY/NAME; a credential that is not there is no fault. */
int setting_secret_credential(
	const struct setting *row, char **text_out, struct err *err) MUST_CHECK;
