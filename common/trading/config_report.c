/* config_report.c - the list of what is wrong with a document. */
#include <stdarg.h>
#include <stdio.h>

#include "common/sys/alloc.h"
#include "common/trading/config_check.h"

static void clear(struct config_problem **problems, size_t *count)
{
	size_t i;

	for (i = 0; i < *count; i++) {
		alloc_free(&(*problems)[i].path);
		alloc_free(&(*problems)[i].message);
	}
	alloc_free(problems);
	*count = 0;
}

void config_report_done(struct config_report *report)
{
	clear(&report->errors, &report->nerrors);
	clear(&report->warnings, &report->nwarnings);
}

void config_report_add(struct config_report *report, enum config_code code, const char *path,
	const char *format, ...)
{
	bool warning = config_code_is_warning(code);
	struct config_problem **problems = warning ? &report->warnings : &report->errors;
	size_t *count = warning ? &report->nwarnings : &report->nerrors;
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	*problems = alloc_grow(*problems, *count + 1, sizeof(**problems));
	(*problems)[(*count)++] = (struct config_problem){
		.code = code,
		.path = alloc_text(path),
		.message = alloc_text(message),
	};
}
