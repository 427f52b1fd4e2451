-- Market data: partitions, snapshots and latest, calendar, clock; New York dates, sessions and drift by the golden vectors.
\set golden `cat test/data/golden-vectors.json`
select tap.stage() \g /dev/null
create function tap.rows(p jsonb) returns jsonb language sql as $$ select jsonb_build_array(
    '{"symbol": "SPY", "asset_class": "us_equity", "feed": "iex", "metric": "last_trade", "price": "492.000000001",
      "volume": "100", "as_of": "2026-03-06T14:59:00.123456Z", "session": "regular", "raw": {"p": 492}}'::jsonb || p) $$;
create function tap.store(p jsonb) returns integer language sql as
    $$ select market_data_store('00000000-0000-4000-8000-00000000000b', tap.rows(p)) $$;
delete from market_data_latest;

select tap.is('five days of partitions', (select string_agg(right(c.relname, 8), ' ' order by c.relname) from pg_class c
    where c.relispartition and c.relkind = 'r' and c.relname like '%\_202603__'), '20260305 20260306 20260307 20260308 20260309');
set timezone = 'Pacific/Kiritimati';
select test_clock_set('2026-03-12 23:59:59.999999+00') \g /dev/null
reset timezone;
select tap.is('their bounds are UTC days, whatever the session''s zone', (select pg_get_expr(c.relpartbound, c.oid) from pg_class c
    where c.relname = 'market_data_snapshots_20260312'), 'FOR VALUES FROM (''2026-03-12 00:00:00+00'') TO (''2026-03-13 00:00:00+00'')');
select test_clock_set('2026-03-06 15:00:00+00') \g /dev/null

set role hybridhub_ingestd;
select market_data_partitions() \g /dev/null
select tap.is('ingestd makes what is there already: nothing', (select count(*) from pg_class c where c.relispartition
    and c.relkind = 'r' and c.relname like '%\_202603__'), 10);
select tap.is('a first row counts', tap.store('{}'), 1);
select tap.is('exactly as it came', (select price || ' ' || volume || ' ' || (as_of at time zone 'UTC') from market_data_latest),
    '492.000000001 100 2026-03-06 14:59:00.123456');
select tap.is('the same again is nothing', tap.store('{}'), 0);
select tap.is('the same written otherwise is nothing', tap.store('{"price": "492.0000000010", "volume": "100.0"}'), 0);
select tap.is('other raw alone is nothing', tap.store('{"raw": {"p": 493}}'), 0);
select tap.is('same time, other ' || k, tap.store(jsonb_build_object(k, v)), 1) from (values ('price', '491'), ('volume', '5'),
    ('open', '1'), ('high', '2'), ('low', '3'), ('bid', '4'), ('ask', '5'), ('session_date', '2026-03-06'), ('suspect', 'true')) t (k, v);
select tap.is('an older row is nothing', tap.store('{"as_of": "2026-03-06T14:58:59Z", "price": "1"}'), 0);
select tap.is('a newer one counts', tap.store('{"as_of": "2026-03-06T14:59:01Z", "price": "490"}'), 1);
select tap.is('latest is the newest', (select price from market_data_latest), 490);
select tap.is('and points at its snapshot', (select s.price from market_data_snapshots s, market_data_latest l
    where s.id = l.snapshot_id), 490);
select tap.is('snapshots keep them all', (select count(*) from market_data_snapshots), 11);
select tap.is('two of one series in a batch: the newest', market_data_store(gen_random_uuid(),
    tap.rows('{"symbol": "QQQ", "price": "1"}') || tap.rows('{"symbol": "QQQ", "price": "2", "as_of": "2026-03-06T15:00:00Z"}')), 1);
select tap.is('which it is', (select price from market_data_latest where symbol = 'QQQ'), 2);
select tap.is('other feeds are other series', tap.store('{"feed": "sip"}'), 1);
select tap.raises('no batch id', 'select market_data_store(null, ''[]'')', '22023');
select tap.raises('no array', 'select market_data_store(gen_random_uuid(), ''{}'')', '22023');
select tap.raises('a metric of no name', 'select tap.store(''{"metric": "gossip"}'')', '23514');
select tap.raises('no price', 'select tap.store(''{"price": null, "symbol": "X"}'')', '23502');
select tap.is('nothing is fine', market_data_store(gen_random_uuid(), '[]'), 0);
reset role;
update test_clock set at = '2026-04-01 00:00Z';
select tap.raises('a day without its partition is refused', 'select tap.store(''{"as_of": "2026-04-01T00:00:00Z"}'')', '23514');
select market_data_partitions() \g /dev/null
select tap.is('made, it is taken', tap.store('{"as_of": "2026-04-01T00:00:00Z"}'), 1);
select test_clock_set('2026-03-06 15:00:00+00') \g /dev/null

set role hybridhub_evald;
select tap.is('market_latest of some', (select string_agg(symbol || feed, ' ') from market_latest(array['SPY', 'NONE'])), 'SPYiex SPYsip');
select tap.is('market_latest of all tells the time', (select count(distinct now) || ' ' || count(*) from market_latest(null)), '1 3');
set role hybridhub_ingestd;
select tap.is('a calendar day', market_calendar_store('[{"date": "2026-07-06", "open": "2026-07-06T13:30:00Z",
    "close": "2026-07-06T20:00:00Z", "pre_open": "2026-07-06T08:00:00Z", "post_close": "2026-07-07T00:00:00Z"}]'), 1);
select tap.is('the same again', market_calendar_store('[{"date": "2026-07-06", "open": "2026-07-06T13:30:00Z",
    "close": "2026-07-06T20:00:00Z", "pre_open": "2026-07-06T08:00:00Z", "post_close": "2026-07-07T00:00:00Z"}]'), 0);
select tap.is('an early close', market_calendar_store('[{"date": "2026-07-06", "open": "2026-07-06T13:30:00Z",
    "close": "2026-07-06T17:00:00Z", "pre_open": "2026-07-06T08:00:00Z", "post_close": "2026-07-06T21:00:00Z"}]'), 1);
select tap.raises('a day that closes before it opens', 'select market_calendar_store(''[{"date": "2026-07-07",
    "open": "2026-07-07T20:00:00Z", "close": "2026-07-07T17:00:00Z"}]'')', '23514');
select broker_clock_store(true, null, '2026-03-06T21:00:00Z', '2026-03-06T15:00:01Z') \g /dev/null
select broker_clock_store(false, null, null, '2026-03-06T14:00:00Z') \g /dev/null
select tap.is('the broker''s clock never goes back', (select is_open from broker_clock), true);
select ingest_fetched('[{"firebase_uid": "ann", "input_id": "a"}, {"firebase_uid": "ann", "input_id": "a"}, {"firebase_uid": "bob", "input_id": "a"}]') \g /dev/null
select tap.is('fetch times', (select count(*) from ingest_inputs where last_fetch_at = clock_now()), 2);
reset role;
set role hybridhub_evald;
select tap.is('market_days', (select string_agg(date::text, ' ') from market_days('2026-03-01', '2026-03-31')), '2026-03-06 2026-03-09');
reset role;

-- golden vectors
select tap.is('New York date of ' || (v->>'utc'), trading_date((v->>'utc')::timestamptz)::text, v->>'trading_date_ny')
from jsonb_array_elements((:'golden')::jsonb->'trading_date') v;
select tap.ok('there were dates', jsonb_array_length((:'golden')::jsonb->'trading_date') > 5);
select tap.is('drift ' || (v->>'asked') || ' -> ' || (v->>'now') || ' ' || (v->>'side') || ' ' || (v->>'drift_side'),
    price_drifted((v->>'asked')::numeric, (v->>'now')::numeric, v->>'side', v->>'drift_side', (v->>'max')::numeric), (v->>'reask')::boolean)
from jsonb_array_elements((:'golden')::jsonb->'drift') v;
select tap.is('window at ' || (v->>'now') || ' of ' || (v->>'reserved_at'),
    (v->>'reserved_at')::timestamptz > (v->>'now')::timestamptz - interval '14400 seconds', (v->>'counts')::boolean)
from jsonb_array_elements((:'golden')::jsonb->'window_4h') v;

-- sessions
select tap.is('session: ' || t.name, market_close_after(t.class, t.extended, t.at::timestamptz), t.want::timestamptz) from (values
    ('a second before the open', 'us_equity', false, '2026-03-06 14:29:59Z', null),
    ('at the open', 'us_equity', false, '2026-03-06 14:30:00Z', '2026-03-06 21:00Z'),
    ('a second before the close', 'us_equity', false, '2026-03-06 20:59:59Z', '2026-03-06 21:00Z'),
    ('at the close', 'us_equity', false, '2026-03-06 21:00:00Z', null),
    ('extended, before the open', 'us_equity', true, '2026-03-06 09:00:00Z', '2026-03-07 01:00Z'),
    ('extended, after midnight UTC', 'us_equity', true, '2026-03-07 00:59:59Z', '2026-03-07 01:00Z'),
    ('a Saturday', 'us_equity', true, '2026-03-07 15:00:00Z', null),
    ('after the clocks changed', 'us_equity', false, '2026-03-09 13:30:00Z', '2026-03-09 20:00Z'),
    ('crypto has none', 'crypto', false, '2026-03-06 15:00:00Z', null)) t (name, class, extended, at, want);
