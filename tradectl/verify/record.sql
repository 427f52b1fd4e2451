-- Guarantees of what is written down, and of who may write.
set search_path = public, verify;

insert into verify.guarantee (name, sentence) values ('legal_moves', 'an order moves only as the table of moves allows, and never back to before it was sent (to be sent again it keeps its id and its reservation)');
create function verify.legal_moves() returns setof text language plpgsql as $$
declare
    v_states constant text[] := array['approved', 'reserved', 'submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled',
        'filled', 'canceled', 'expired', 'rejected', 'blocked', 'quarantined'];
    v_from text;
    v_to text;
    v_id uuid;
begin
    perform verify.person('ann');
    v_id := verify.order(1, 'ann');
    return query select format('the table lets %s become %s: it could be sent again', m.from_status, m.to_status) from trade_order_moves m
        where m.from_status in ('unknown', 'unresolved', 'quarantined', 'accepted', 'partially_filled', 'filled')
            and m.to_status in ('approved', 'reserved', 'submitting')
            -- Under the same id, where the owner says so and a venue check has passed.
            and (m.from_status, m.to_status) <> ('unknown', 'submitting');
    foreach v_from in array v_states loop
        alter table trade_orders disable trigger user;
        update trade_orders o set status = v_from where o.id = v_id;
        alter table trade_orders enable trigger user;
        for v_to in select s from unnest(v_states) s where s <> v_from
            and not exists (select from trade_order_moves m where m.from_status = v_from and m.to_status = s)
        loop
            begin
                update trade_orders o set status = v_to where o.id = v_id;
                return next format('%s became %s', v_from, v_to);
                return;
            exception when others then null;
            end;
        end loop;
    end loop;
end $$;
create function verify.legal_moves_off() returns void language sql as $$ drop trigger trade_order_moves_right on trade_orders $$;

insert into verify.guarantee (name, sentence) values ('events', 'every move leaves an event, and events are only added to');
create function verify.events() returns setof text language plpgsql as $$
declare
    v_id uuid;
    v_statement text;
begin
    perform verify.person('ann');
    v_id := verify.order(1, 'ann');
    perform verify.claim();
    return query select format('two moves left %s events', count(*)) from trade_order_events e where e.order_id = v_id having count(*) <> 2;
    foreach v_statement in array array['update trade_order_events set reason = ''x''', 'delete from trade_order_events', 'truncate trade_order_events'] loop
        begin
            execute v_statement;
            return next 'let through: ' || v_statement;
        exception when others then null;
        end;
    end loop;
end $$;
create function verify.events_off() returns void language sql as $$
    drop trigger append_only on trade_order_events;
    drop trigger append_only_truncate on trade_order_events;
$$;

insert into verify.guarantee (name, sentence) values ('rights', 'no role of ours writes orders, events, halts or limits itself; only tradectl moves orders, by functions');
create function verify.rights_applies() returns text language sql as $$
    select 'not on this server: ' || string_agg(r, ', ') from unnest(array['hybridhub_ingestd', 'hybridhub_evald', 'hybridhub_apid',
        'hybridhub_tradectl', 'hybridhub_operator', 'hybridhub_monitor']) r
    where not exists (select from pg_roles p where p.rolname = r) having count(*) > 0
$$;
create function verify.rights() returns setof text language sql as $$
    select format('%s may %s %s', r, lower(v), t)
    from unnest(array['hybridhub_ingestd', 'hybridhub_evald', 'hybridhub_apid', 'hybridhub_tradectl', 'hybridhub_operator',
            'hybridhub_monitor']) r,
        unnest(array['trade_orders', 'trade_order_events', 'trade_order_moves', 'trade_fills', 'trading_halts', 'trading_halt_events',
            'hard_limits', 'broker_account', 'orphan_orders', 'operator_actions', 'trade_proposals', 'questions']) t,
        unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) v
    where case when v in ('INSERT', 'UPDATE') then has_any_column_privilege(r, 'public.' || t, v)
        else has_table_privilege(r, 'public.' || t, v) end
    union all
    select format('%s may call %s', r, p.proname)
    from pg_proc p, unnest(array['hybridhub_ingestd', 'hybridhub_evald', 'hybridhub_apid', 'hybridhub_operator', 'hybridhub_monitor', 'public']) r
    where p.pronamespace = 'public'::regnamespace and p.proname in ('order_claim', 'order_begin_send', 'order_accept', 'order_not_sent',
            'order_missing', 'order_follow', 'broker_reconciled', 'halt_set', 'order_approve')
        and has_function_privilege(r, p.oid, 'EXECUTE')
$$;
create function verify.rights_off() returns void language sql as $$ grant update (status) on trade_orders to hybridhub_tradectl $$;

insert into verify.guarantee (name, sentence) values ('clock', 'time comes from the server''s clock, which nobody has put in a test''s hand');
create function verify.clock() returns setof text language sql as $$
    select format('clock_now() says %s at %s', verify.clock_as_it_came(), clock_timestamp())
    where abs(extract(epoch from clock_timestamp() - verify.clock_as_it_came())) > 1
$$;
create function verify.clock_off() returns void language sql as $$
    create or replace function verify.clock_as_it_came() returns timestamptz language sql as 'select clock_timestamp() - interval ''1 hour'''
$$;
