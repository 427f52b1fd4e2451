/* config.c - the life of a config, and finding things in it. */
#include <string.h>

#include "common/sys/alloc.h"
#include "common/trading/config.h"

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

const struct rule *config_rule(const struct config *config, const char *id)
{
	size_t i;

	for (i = 0; i < config->nrules; i++)
		if (strcmp(config->rules[i].id, id) == 0)
			return &config->rules[i];

	return NULL;
}

const struct rule_target *rule_target_of(const struct rule *rule, const char *symbol)
{
	size_t i;

	for (i = 0; i < rule->ntargets; i++)
		if (strcmp(rule->targets[i].symbol.text, symbol) == 0)
			return &rule->targets[i];

	return NULL;
}
