-- Documents: versions, merging, and the table of guardrails.
\set seed `cat test/data/seed.json`
select tap.stage() \g /dev/null
-- versions
select tap.is('the seed template has version 1', (select version::text || ' ' || author from config_versions
    where template = 'default_paper_watchlist'), '1 hub_owner');
select tap.is('the seed is the plan''s document', (select config from trading_config_templates), (:'seed')::jsonb);
update user_trading_config set config = '{"mode": "paper"}' where firebase_uid = 'ann';
update user_trading_config set updated_at = clock_now() where firebase_uid = 'ann';
update user_trading_config set enabled = false where firebase_uid = 'ann';
set hybridhub.author = 'somebody';
update user_trading_config set template_name = null where firebase_uid = 'ann';
reset hybridhub.author;
update trading_config_templates set config = config || '{"x_note": 1}';
select tap.is('one version a change, numbered by owner', (select string_agg(version || ':' || enabled || ':' || coalesce(template_name, '-')
    || ':' || author, ' ' order by id) from config_versions where firebase_uid = 'ann'),
    '1:true:default_paper_watchlist:hub_owner 2:true:default_paper_watchlist:hub_owner '
    '3:false:default_paper_watchlist:hub_owner 4:false:-:somebody');
select tap.is('a template''s own number', (select max(version) from config_versions where template = 'default_paper_watchlist'), 2);
select tap.is('digest is SHA-256 of config::text', (select digest from config_versions where firebase_uid = 'ann' and version = 2),
    encode(sha256(convert_to('{"mode": "paper"}', 'UTF8')), 'hex'));
select tap.raises('a version is immutable', 'update config_versions set author = ''me''', '42501');
select tap.raises('also against delete', 'delete from config_versions', '42501');
select tap.raises('also against truncate', 'truncate config_versions', '42501');
select tap.raises('a config keeps its person', 'update user_trading_config set firebase_uid = ''carl'' where firebase_uid = ''ann''', '42501');
delete from user_trading_config where firebase_uid = 'ann';
select tap.is('a deletion is a version too', (select version || coalesce(config::text, ' gone') from config_versions
    where firebase_uid = 'ann' order by version desc limit 1), '5 gone');
select tap.person('ann') \g /dev/null
select tap.is('and numbers go on', (select config_version from book_configs(array['ann'])), 6);

-- config_put
select set_config('hybridhub.uid', 'cleo', false) \g /dev/null
insert into users values ('cleo');
select tap.is('no document before the first PUT', (select count(*) from config_own()), 0);
select tap.is('If-Match on nothing', (select outcome || version from config_put('{}', null, 3)), 'version_conflict0');
select tap.is('the first PUT', (select outcome || version from config_put('{"x_a": 1}', null, 0)), 'ok1');
select tap.is('is off, of no template, by its person', (select c.enabled || ' ' || coalesce(c.template_name, '-') || ' ' || v.author
    from config_own() c, config_versions v where v.firebase_uid = 'cleo'), 'false - cleo');
select tap.is('the same again is no new version', (select outcome || version from config_put('{"x_a": 1}', null, 1)), 'ok1');
select tap.is('another is', (select outcome || version from config_put('{"x_a": 2}', true, 1)), 'ok2');
select tap.is('an old If-Match is refused', (select outcome || version from config_put('{"x_a": 3}', true, 1)), 'version_conflict2');
select tap.is('and changed nothing', (select config || enabled::text from config_own()), '{"x_a": 2}true');
select tap.is('no enabled leaves the switch', (select c.enabled from config_put('{"x_a": 4}', null, null) p, config_own() c), true);
select tap.raises('no object', 'select config_put(''[]'', null, null)', '22023');
select tap.raises('NULL', 'select config_put(null, null, null)', '22023');
select set_config('hybridhub.uid', '', false) \g /dev/null
select tap.raises('nobody puts nothing', 'select config_put(''{}'', null, null)', '28000');
select tap.raises('nobody is seen', 'select user_seen()', '28000');
select set_config('hybridhub.uid', 'dora', false) \g /dev/null
select tap.is('user_seen makes the person', (select count(*) from user_seen()), 1);
select tap.is('once', (select count(*) from user_seen(), users where firebase_uid = 'dora'), 1);
select tap.is('with both halt rows', (select count(*) from trading_halts where key = 'dora'), 2);

-- merging
create temp table merges (name text, below jsonb, above jsonb, want jsonb);
insert into merges values
    ('objects merge by key', '{"a": 1, "b": {"c": 2, "d": 3}}', '{"b": {"c": 4}}', '{"a": 1, "b": {"c": 4, "d": 3}}'),
    ('null deletes', '{"a": 1, "b": 2}', '{"a": null}', '{"b": 2}'),
    ('null of nothing is nothing', '{}', '{"a": null}', '{}'),
    ('arrays with ids merge by id', '{"r": [{"id": "x", "n": 1}, {"id": "y"}]}', '{"r": [{"id": "z"}, {"id": "x", "m": 2}]}',
        '{"r": [{"id": "x", "n": 1, "m": 2}, {"id": "y"}, {"id": "z"}]}'),
    ('other arrays replace', '{"s": ["A", "B"]}', '{"s": ["C"]}', '{"s": ["C"]}'),
    ('an array with one item without an id replaces', '{"r": [{"id": "x"}]}', '{"r": [{"n": 1}]}', '{"r": [{"n": 1}]}'),
    ('a scalar replaces an object', '{"a": {"b": 1}}', '{"a": 2}', '{"a": 2}'),
    ('an object replaces a scalar', '{"a": 2}', '{"a": {"b": 1, "c": null}}', '{"a": {"b": 1}}'),
    ('an item''s list replaces', '{"i": [{"id": "w", "symbols": ["A", "B"]}]}', '{"i": [{"id": "w", "symbols": ["B"]}]}',
        '{"i": [{"id": "w", "symbols": ["B"]}]}');
select tap.is('merge: ' || name, config_merge(below, above), want) from merges;

-- guardrails: what both sides say, a key, what is in force
create temp table guards (name text, template jsonb, own jsonb, key text, want jsonb);
insert into guards values
    ('nobody speaks: orders', null, null, 'max_orders_per_day', '3'),
    ('nobody speaks: window', null, null, 'max_notional_usd_per_4h', '100'),
    ('nobody speaks: per order is the window', null, null, 'max_notional_usd_per_order', '100'),
    ('nobody speaks: a question is required', null, null, 'require_question_before_order', 'true'),
    ('nobody speaks: open orders', null, null, 'max_open_orders', '5'),
    ('nobody speaks: open questions', null, null, 'max_open_questions', '5'),
    ('nobody speaks: questions a day', null, null, 'max_questions_per_day', '20'),
    ('nobody speaks: position', null, null, 'max_position_notional_usd', 'null'),
    ('nobody speaks: spread', null, null, 'max_spread_pct', '1.0'),
    ('nobody speaks: price', null, null, 'min_price_usd', '1.00'),
    ('nobody speaks: rejects', null, null, 'max_consecutive_rejects', '3'),
    ('nobody speaks: hours', null, null, 'allow_extended_hours', 'false'),
    ('nobody speaks: blocked', null, null, 'symbols_blocklist', '[]'),
    ('nobody speaks: allowed are the inputs', null, null, 'symbols_allowlist', '["AAPL", "MSFT", "SPY"]'),
    ('the smaller of a max, person''s', '{"max_orders_per_day": 9}', '{"max_orders_per_day": 2}', 'max_orders_per_day', '2'),
    ('the smaller of a max, template''s', '{"max_orders_per_day": 1}', '{"max_orders_per_day": 2}', 'max_orders_per_day', '1'),
    ('one side counts as it stands, above the default', '{"max_orders_per_day": 9}', '{}', 'max_orders_per_day', '9'),
    ('zero is a limit', '{}', '{"max_orders_per_day": 0}', 'max_orders_per_day', '0'),
    ('the larger of a min', '{"min_price_usd": 5}', '{"min_price_usd": 2}', 'min_price_usd', '5'),
    ('per order follows the window in force', '{"max_notional_usd_per_4h": 60}', '{"max_notional_usd_per_4h": 40}', 'max_notional_usd_per_order', '40'),
    ('the safer boolean', '{"allow_extended_hours": true}', '{"allow_extended_hours": false}', 'allow_extended_hours', 'false'),
    ('one side alone says yes', '{"allow_extended_hours": true}', null, 'allow_extended_hours', 'true'),
    ('blocklists unite', '{"symbols_blocklist": ["SPY"]}', '{"symbols_blocklist": ["AAPL", "SPY"]}', 'symbols_blocklist', '["AAPL", "SPY"]'),
    ('allowlists intersect', '{"symbols_allowlist": ["SPY", "QQQ"]}', '{"symbols_allowlist": ["AAPL", "SPY"]}', 'symbols_allowlist', '["SPY"]'),
    ('one allowlist stands', null, '{"symbols_allowlist": ["MSFT"]}', 'symbols_allowlist', '["MSFT"]'),
    ('an empty allowlist allows nothing', null, '{"symbols_allowlist": []}', 'symbols_allowlist', '[]'),
    ('no question needed, without the operator', null, '{"require_question_before_order": false}', 'require_question_before_order', 'true'),
    ('nonsense closes: text', null, '{"max_orders_per_day": "99"}', 'max_orders_per_day', '0'),
    ('nonsense closes: null', '{"max_orders_per_day": 9}', '{"max_orders_per_day": null}', 'max_orders_per_day', '0'),
    ('nonsense closes: a min', null, '{"min_price_usd": "1"}', 'min_price_usd', '1000000000'),
    ('nonsense closes: a list', null, '{"symbols_blocklist": "SPY"}', 'symbols_allowlist', '[]'),
    ('nonsense closes: guardrails null', '{"max_orders_per_day": 9}', 'null', 'max_orders_per_day', '0'),
    ('nonsense closes: guardrails an array', null, '[]', 'max_notional_usd_per_4h', '0'),
    ('no count beyond counting', null, '{"max_open_orders": 1e30}', 'max_open_orders', '1000000000'),
    ('no count below none', null, '{"max_consecutive_rejects": -1e30}', 'max_consecutive_rejects', '0'),
    ('the operator''s day cap of the account', null, '{"max_orders_per_day": 1000}', 'max_orders_per_day', '50'),
    ('the operator''s window', null, '{"max_notional_usd_per_4h": 99999}', 'max_notional_usd_per_4h', '2500');
insert into guards
select format('%s of %s: the %s''s counts', case k.stricter < k.laxer when true then 'the smaller' else 'the larger' end, k.key, side),
    jsonb_build_object(k.key, case side when 'template' then k.stricter else k.laxer end),
    jsonb_build_object(k.key, case side when 'template' then k.laxer else k.stricter end), k.key, to_jsonb(k.stricter)
from (values ('max_orders_per_day', 1, 2), ('max_notional_usd_per_4h', 40, 60), ('max_notional_usd_per_order', 20, 30), ('max_open_orders', 6, 7),
    ('max_open_questions', 6, 7), ('max_questions_per_day', 21, 22), ('max_position_notional_usd', 300, 400), ('max_spread_pct', 2, 3),
    ('max_consecutive_rejects', 4, 5), ('min_price_usd', 5, 2)) k (key, stricter, laxer), unnest('{template,person}'::text[]) side;
insert into guards values
    ('the safer boolean, template''s', '{"allow_extended_hours": false}', '{"allow_extended_hours": true}', 'allow_extended_hours', 'false');
create function pg_temp.with_template(p guards) returns jsonb language plpgsql as $$
begin
    update trading_config_templates set config = config - 'guardrails'
        || case when p.template is null then '{}' else jsonb_build_object('guardrails', p.template) end;
    return guardrails_in_force('ann', case when p.own is null then '{}' else jsonb_build_object('guardrails', p.own) end)->p.key;
end $$;
select tap.is('guardrails: ' || g.name, pg_temp.with_template(g), g.want) from guards g;
update trading_config_templates set config = config - 'guardrails';

-- hard limits
insert into hard_limits (scope, firebase_uid, max_orders_per_day, max_notional_usd_per_order) values ('user', 'ann', 2, 8);
insert into hard_limits (scope, firebase_uid, broker_account, max_orders_per_day) values ('user', 'ann', 'live', 1);
insert into hard_limits (scope, broker_account, max_notional_usd_per_4h) values ('account', 'paper', 70);
select tap.is('hard: the person''s own row', guardrails_in_force('ann')->'max_orders_per_day', '2');
select tap.is('hard: per order', guardrails_in_force('ann')->'max_notional_usd_per_order', '8');
select tap.is('hard: the account''s row', guardrails_in_force('ann')->'max_notional_usd_per_4h', '70');
select tap.is('hard: another account has its own', guardrails_in_force('ann', null, 'live')->'max_orders_per_day', '1');
select tap.is('hard: the account of the mode in force', guardrails_in_force('ann', '{"mode": "live"}')->'hard'->'account'->>'name', 'live');
select tap.is('hard: others are not bound by it', guardrails_in_force('bob')->'max_orders_per_day', '3');
update hard_limits set live_allowed = true where scope = 'global';
select tap.is('live: the global row alone opens nothing', guardrails_in_force('ann')->'hard'->'live_allowed', 'false');
update hard_limits set live_allowed = true where firebase_uid = 'ann' and broker_account is null;
select tap.is('live: both rows open it', guardrails_in_force('ann')->'hard'->'live_allowed', 'true');
select tap.is('live: for nobody else', guardrails_in_force('bob')->'hard'->'live_allowed', 'false');
update hard_limits set live_allowed = false where scope = 'global';
select tap.is('live: the person''s row alone opens nothing', guardrails_in_force('ann')->'hard'->'live_allowed', 'false');
update hard_limits set unattended_allowed = true;
select tap.is('unattended: with the operator''s word', guardrails_in_force('ann', '{"guardrails": {"require_question_before_order": false}}')
    ->'require_question_before_order', 'false');
select tap.is('unattended: not where the template says otherwise', guardrails_merge('ann', 'paper', 'paper', '{}', '{"require_question_before_order": true}',
    '{"require_question_before_order": false}')->'require_question_before_order', 'true');
select tap.is('unattended: nor where the person does', guardrails_merge('ann', 'paper', 'paper', '{}', '{"require_question_before_order": false}',
    '{"require_question_before_order": true}')->'require_question_before_order', 'true');
select tap.is('unattended: never live', guardrails_in_force('ann', '{"mode": "live", "guardrails": {"require_question_before_order": false}}')
    ->'require_question_before_order', 'true');
select tap.is('unattended: not by silence', guardrails_in_force('ann')->'require_question_before_order', 'true');

-- switches
select tap.is('switch: ' || t.name, (select switched_on from config_in_force('ann', t.own)), t.want) from (values
    ('absent is on', '{}'::jsonb, true), ('false is off', '{"enabled": false}', false), ('null deletes', '{"enabled": null}', true),
    ('text is off', '{"enabled": "true"}', false)) t (name, own, want);
update trading_config_templates set config = config || '{"enabled": false}';
select tap.is('switch: the template''s', (select switched_on from config_in_force('ann', '{"enabled": true}')), false);
update trading_config_templates set config = config || '{"enabled": true}';
update user_trading_config set enabled = false where firebase_uid = 'ann';
select tap.is('switch: the row''s', (select switched_on from config_in_force('ann')), false);
