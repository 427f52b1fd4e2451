/* config.c - the end of a config; config_read.c makes it. */
#include "common/trading/config.h"
#include "common/sys/alloc.h"

void config_free(struct config **config)
{
	size_t i;

	if (!*config)
		return;

	for (i = 0; i < (*config)->ninputs; i++)
		alloc_free(&(*config)->inputs[i].symbols);
	for (i = 0; i < (*config)->nrules; i++) {
		alloc_free(&(*config)->rules[i].targets);
		alloc_free(&(*config)->rules[i].question_template);
	}
	alloc_free(&(*config)->inputs);
	alloc_free(&(*config)->rules);
	alloc_free(config);
}
