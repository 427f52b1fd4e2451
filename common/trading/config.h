/*
 * config.h - a user's trading configuration in force: the merged document (docs/configuration.md), typed and resolved.
 *
 * Every default has been filled in and every precedence settled (rule > defaults > built-in; of staleness rule >
 * input > top > built-in), so that whoever reads a struct config decides with one value. It is immutable.
 *
 * Not built yet, and therefore refused by the validator wherever a document asks for it (BAD_VALUE, "... is not
 * available yet"): transport stream, history, every rule type but the two of enum rule_type, ref position_avg_entry,
 * trigger cross, confirm_evals, rearm_pct, not_before, not_after, priority, unattended orders, crypto sells.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sys/decimal.h"
#include "common/sys/err.h"
#include "common/sys/json.h"
#include "common/trading/word.h"

enum {
	CONFIG_VERSION = 1,
	CONFIG_INPUTS_MAX = 16,
	CONFIG_RULES_MAX = 64,
	CONFIG_INPUT_SYMBOLS_MAX = 30,
	RULE_SYMBOLS_MAX = CONFIG_INPUTS_MAX * CONFIG_INPUT_SYMBOLS_MAX,
	CONFIG_ID_TEXT = 41,
	SYMBOL_TEXT = 24,
};

struct symbol {
	char text[SYMBOL_TEXT]; /* upper case; crypto as BTC/USD */
};

struct input {
	char id[CONFIG_ID_TEXT];
	enum asset_class asset_class;
	enum feed feed; /* FEED_UNNAMED where an equity input names none */
	struct symbol *symbols;
	size_t nsymbols;
	unsigned metrics;	       /* bits 1u << enum market_metric */
	int64_t poll_interval_seconds; /* in force: max(document, QUESTION_WORKER_INTERVAL_SECONDS) */
	int64_t max_staleness_seconds; /* in force for this input without a rule's own */
};

struct tunables {
	enum rule_session session;
	int64_t cooldown_seconds;
	enum after_skip after_skip;
	int64_t pause_after_skips; /* 0: never */
	int64_t max_fires_per_day;
	int64_t question_ttl_seconds;
	int64_t close_buffer_seconds;
	struct qty approve_min, skip_max; /* plain numbers on the answer's scale -10..10 */
	enum on_ambiguous on_ambiguous;
	int64_t max_follow_ups;
	struct pct max_drift;
	enum drift_side drift_side;
	enum on_drift on_drift;
	int64_t max_reasks;
	int64_t undo_seconds;
};

/* What a yes would do, as the document says it; offer.h resolves it at the price asked. */
struct rule_order {
	enum order_side side;
	enum order_type type;
	enum time_in_force time_in_force;
	bool extended_hours;
	/* Of the three sizes one is not 0. */
	struct cash notional;
	struct qty qty;
	struct pct pct_of_position;
	struct price limit_price; /* 0 with a limit order: by limit_offset */
	struct pct limit_offset;  /* from the price asked; may be 0 */
};

/* One instance of a rule: its state is keyed by user, rule and symbol. */
struct rule_target {
	struct symbol symbol;
	const struct input
		*input; /* the first that has the symbol and collects what the rule reads */
	int64_t max_staleness_seconds;
};

struct rule {
	char id[CONFIG_ID_TEXT];
	bool enabled;
	enum rule_type type;
	enum asset_class asset_class; /* of all its symbols */
	struct rule_target *targets;
	size_t ntargets;
	enum price_metric price_metric;
	enum ref_metric ref_metric;
	struct pct threshold;
	struct tunables tunables;
	char *question_template;
	enum rule_action action;
	struct rule_order order; /* with ACTION_PROPOSE_ORDER */
};

struct config {
	/* Template's AND document's flag. In force = this AND user_trading_config.enabled AND TRADING_ENABLED. */
	bool enabled;
	enum trading_mode mode;
	struct input *inputs;
	size_t ninputs;
	struct rule *rules; /* in document order */
	size_t nrules;
};

/*
 * Types and resolves a merged document that has passed config_check. worker_interval_seconds is
 * QUESTION_WORKER_INTERVAL_SECONDS. 0 and a config that the caller frees; -EINVAL when the document is not one that
 * config_check accepts.
 */
int config_read(const cJSON *merged, int64_t worker_interval_seconds, struct config **out,
	struct err *err) MUST_CHECK;
void config_free(struct config **config);
