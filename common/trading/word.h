/*
 * word.h - the words that config, tables and wire share, each an enum with its spelling.
 * A list of words ends with NULL and is indexed by its enum.
 */
#pragma once

enum asset_class {
	ASSET_US_EQUITY,
	ASSET_CRYPTO,
};

enum feed {
	FEED_IEX,
	FEED_SIP,
	FEED_DELAYED_SIP,
	FEED_US,
	FEED_UNNAMED, /* an equity input that names none: ingestd reads ALPACA_DATA_FEED for it */
};

enum market_metric {
	METRIC_LAST_TRADE,
	METRIC_LAST_QUOTE,
	METRIC_MINUTE_BAR,
	METRIC_DAILY_BAR,
	METRIC_PREV_CLOSE,
};

enum price_metric {
	PRICE_LAST_TRADE,
	PRICE_MID_QUOTE,
	PRICE_MINUTE_BAR_CLOSE,
};

enum ref_metric {
	REF_PREV_CLOSE,
	REF_DAY_OPEN,
	REF_DAY_HIGH,
	REF_DAY_LOW,
};

enum rule_type {
	RULE_PRICE_BELOW_PCT_OF_REF,
	RULE_PRICE_ABOVE_PCT_OF_REF,
};

enum rule_action {
	ACTION_PROPOSE_ORDER,
	ACTION_NOTIFY_ONLY,
};

enum rule_session {
	SESSION_REGULAR,
	SESSION_EXTENDED,
	SESSION_ANY,
};

enum trading_mode {
	MODE_PAPER,
	MODE_LIVE,
};

enum order_side {
	SIDE_BUY,
	SIDE_SELL,
};

enum order_type {
	ORDER_TYPE_MARKET,
	ORDER_TYPE_LIMIT,
};

enum time_in_force {
	TIF_DAY,
	TIF_GTC,
	TIF_IOC,
};

enum after_skip {
	AFTER_SKIP_SESSION,
	AFTER_SKIP_COOLDOWN,
};

enum on_ambiguous {
	ON_AMBIGUOUS_FOLLOW_UP,
	ON_AMBIGUOUS_SKIP,
};

enum drift_side {
	DRIFT_BOTH,
	DRIFT_ADVERSE,
};

enum on_drift {
	ON_DRIFT_REASK,
	ON_DRIFT_CANCEL,
};

enum halt_level {
	HALT_ACTIVE,
	HALT_REDUCING,
	HALT_HALTED,
};

/* The band of an answer. */
enum decision_band {
	BAND_NONE, /* not answered, or a notice; spelt "" */
	BAND_APPROVE,
	BAND_SKIP,
	BAND_AMBIGUOUS,
};

extern const char *const asset_class_words[];
extern const char *const feed_words[]; /* FEED_UNNAMED has no spelling: the list ends before it */
extern const char *const market_metric_words[];
extern const char *const price_metric_words[];
extern const char *const ref_metric_words[];
extern const char *const rule_type_words[];
extern const char *const rule_action_words[];
extern const char *const rule_session_words[];
extern const char *const trading_mode_words[];
extern const char *const order_side_words[];
extern const char *const order_type_words[];
extern const char *const time_in_force_words[];
extern const char *const after_skip_words[];
extern const char *const on_ambiguous_words[];
extern const char *const drift_side_words[];
extern const char *const on_drift_words[];
extern const char *const halt_level_words[];
extern const char *const decision_band_words[];

/* The enum's value, or -1: NULL and unknown words. */
int word_find(const char *const words[], const char *text);
