// The protocol, and the wrong ones that a harness must find: what each does otherwise in SQL (variant/NAME.sql) and in the model.
export const VARIANTS = {
	clean: {},
	seed_naive: { sql: true, freshId: true, noLookup: true },
	uuid_intent: { sql: true, freshId: true },
	det_dup_reject: { sql: true, noLookup: true, resends: true, noReconcile: true },
	missing_is_rejected: { sql: true },
	no_reconciliation: { noReconcile: true, noQuarantine: true },
	early_list: { sql: true },
	no_quarantine: { noQuarantine: true },
};
