-- The matrix role x table x verb, all of it; columns; functions; and what nobody may.

-- S select, I insert, U update, D delete, T truncate; in small letters: on some columns only.
create temp table want (relation text, ingestd text, evald text, apid text, tradectl text, operator text, monitor text);
\copy want from stdin with (delimiter ' ')
broker_account - S s S S S
broker_clock SIU S S S S S
config_versions S S S - S -
eval_progress - S S - S S
hard_limits - S S S S -
ingest_inputs SIU S S - S -
installation S S S S S S
ledger_suspects - - - S S -
market_bars SI S S - S -
market_calendar SIU S S S S -
market_data_latest SIU S S S S -
market_data_snapshots SI S S - S -
operator_actions - - - - S -
orphan_orders - - - S S -
positions - S S S S -
questions - S S S S -
rule_instances - S S - S -
schema_steps - - - - S -
schema_version S S S S S S
trade_fills - - S S S -
trade_order_events - S S S S -
trade_order_moves - - S S S -
trade_orders - S s S S -
trade_proposals - S S S S -
trips - - - S S -
trading_config_templates S S S S S -
trading_halt_events - - - S S -
trading_halts - S S S S S
user_pipeline_state - S S - S -
user_trading_config S S Siu S S -
user_trading_state - S S - S -
users - S SI - S -
venue_checks - - - - S -
\.

create temp table got as
select c.relname::text as relation, r.role,
    coalesce(nullif(string_agg(case when has_table_privilege('hybridhub_' || r.role, c.oid, v.verb) then v.letter
        when v.verb in ('SELECT', 'INSERT', 'UPDATE') and has_any_column_privilege('hybridhub_' || r.role, c.oid, v.verb)
            then lower(v.letter) else '' end, '' order by v.place), ''), '-') as verbs
from pg_class c
cross join unnest(array['ingestd', 'evald', 'apid', 'tradectl', 'operator', 'monitor']) r (role)
cross join (values (1, 'SELECT', 'S'), (2, 'INSERT', 'I'), (3, 'UPDATE', 'U'), (4, 'DELETE', 'D'), (5, 'TRUNCATE', 'T'),
    (6, 'REFERENCES', 'R'), (7, 'TRIGGER', 'G')) v (place, verb, letter)
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p') and not c.relispartition
    and c.relname <> 'test_clock'
group by 1, 2;

select tap.is('no table is missing in the matrix', (select string_agg(distinct g.relation, ' ') from got g
    where g.relation not in (select relation from want)), null);
select tap.is('grants on ' || w.relation,
    (select string_agg(g.verbs, ' ' order by array_position(array['ingestd', 'evald', 'apid', 'tradectl', 'operator', 'monitor'], g.role))
        from got g where g.relation = w.relation),
    concat_ws(' ', w.ingestd, w.evald, w.apid, w.tradectl, w.operator, w.monitor))
from want w;
select tap.is('no partition is open to anybody', (select string_agg(c.relname || c.relacl::text, ' ') from pg_class c
    where c.relispartition and c.relkind = 'r' and c.relacl is not null
        and exists (select from aclexplode(c.relacl) a where a.grantee <> c.relowner)), null);

select tap.ok('apid does not read ' || c, not has_column_privilege('hybridhub_apid', 'trade_orders', c, 'SELECT'))
from unnest(array['raw', 'move_detail', 'lease_worker', 'fence']) c;
select tap.is('apid writes these columns of a config and no other', (select string_agg(a.attname, ' ' order by a.attname)
    from pg_attribute a where a.attrelid = 'user_trading_config'::regclass and a.attnum > 0
        and has_column_privilege('hybridhub_apid', 'user_trading_config', a.attname, 'UPDATE')), 'config enabled updated_at');

-- Functions.
select tap.is('nobody but its owner runs ' || p.proname, (select string_agg(r, ' ' order by r)
    from unnest(array['hybridhub_ingestd', 'hybridhub_evald', 'hybridhub_apid', 'hybridhub_tradectl', 'hybridhub_operator',
        'hybridhub_monitor', 'bystander']) r where has_function_privilege(r, p.oid, 'EXECUTE')), null)
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname in ('halt_set', 'halt_level_locked', 'eval_ask',
    'order_approve', 'order_take_back', 'order_judge', 'order_counts', 'instance_end', 'doorbell_ring', 'config_version_add',
    'order_adopt', 'order_take_again', 'order_again_refusal', 'order_terms_differ', 'cap_breach', 'rejects_in_row');
select tap.is('public runs nothing of ours', (select string_agg(p.proname, ' ') from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname not like 'test_clock%'
        and has_function_privilege('bystander', p.oid, 'EXECUTE')), null);
select tap.is('only tradectl runs ' || p.proname, (select string_agg(r, ' ')
    from unnest(array['ingestd', 'evald', 'apid', 'tradectl', 'operator', 'monitor']) r
    where has_function_privilege('hybridhub_' || r, p.oid, 'EXECUTE')), 'tradectl')
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname in ('order_claim', 'order_begin_send',
    'order_not_sent', 'order_accept', 'order_refuse', 'order_unknown', 'order_quarantine', 'account_halt', 'order_take_open',
    'order_missing', 'order_retry_check', 'order_poll_due', 'order_poll_soon', 'order_fill', 'fills_shown', 'order_cancel_due', 'order_cancel_pending', 'order_cancel_answered', 'order_follow', 'order_expire', 'order_open', 'broker_serve',
    'broker_reconciled', 'broker_compared', 'broker_rewound',
    'orders_match', 'orphan_note', 'order_symbols', 'trips_owed', 'ledger_compare', 'order_unserved');
select tap.is('only apid runs ' || p.proname, (select string_agg(r, ' ')
    from unnest(array['ingestd', 'evald', 'apid', 'tradectl', 'operator', 'monitor']) r
    where has_function_privilege('hybridhub_' || r, p.oid, 'EXECUTE')), 'apid')
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname in ('question_answer', 'question_ack',
    'order_cancel', 'self_halt', 'trading_status', 'config_put', 'user_seen', 'rung_owners', 'undelivered_owners');
select tap.is('every function names its search_path, or had its names bound when it was made', (select string_agg(p.proname, ' ') from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and (p.prosqlbody is null or p.prosecdef)
        and not coalesce(p.proconfig @> array['search_path=pg_catalog, public, pg_temp'], false)), null);

select tap.ok('no role of ours creates in public: ' || r, not has_schema_privilege('hybridhub_' || r, 'public', 'CREATE'))
from unnest(array['ingestd', 'evald', 'apid', 'tradectl', 'operator', 'monitor']) r;
-- A copy of a database does not carry the database's own grants along: asked where migrate ran.
\c hub
select case when has_database_privilege('bystander', 'hub', 'TEMP') then 'not ' else '' end || 'ok - nobody makes temporary tables';
