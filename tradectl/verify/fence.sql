-- Guarantees of the last fence and behind it.
set search_path = public, verify;

insert into verify.guarantee (name, sentence) values ('halt', 'a halt of any scope that is committed before the fence stops the order');
create function verify.halt_applies() returns text language sql as $$ select verify.closed() $$;
create function verify.halt() returns setof text language plpgsql as $$
declare
    v_scope text;
    v_key text;
    v_level text;
    v_id uuid;
    v_n integer := 0;
begin
    perform verify.person('ann');
    for v_scope, v_key, v_level in select s.*, l from (values ('global', ''), ('account', 'test'), ('user', 'ann'), ('self', 'ann')) s,
        unnest(array['halted', 'reducing']) l
    loop
        v_n := v_n + 1;
        v_id := verify.order(v_n, 'ann');
        if verify.claim() is distinct from 'reserved' then
            return next 'it was not claimed before the halt: this proves nothing';
        end if;
        perform halt_set(v_scope, v_key, v_level, 'verify', 'verify', false);
        if verify.send(v_id) = 'go' or verify.status(v_id) <> 'blocked HALTED' then
            return next format('scope %s was %s, and a buy passed the last fence', v_scope, v_level);
        end if;
        perform halt_set(v_scope, v_key, 'active', 'verify', 'verify', false);
    end loop;
end $$;
create function verify.halt_off() returns void language sql as $$ select verify.body('halt_level_locked', 'select ''active''::text') $$;

insert into verify.guarantee (name, sentence) values ('fence', 'a claimer that fell silent cannot send when another has taken over');
create function verify.fence_applies() returns text language sql as $$ select verify.closed() $$;
create function verify.fence() returns setof text language plpgsql as $$
declare
    v_id uuid;
    v_fence bigint;
begin
    perform verify.person('ann');
    v_id := verify.order(1, 'ann');
    perform verify.claim('w1');
    select o.fence into v_fence from trade_orders o where o.id = v_id;
    update verify.clock set at = o.lease_until from trade_orders o where o.id = v_id;
    perform verify.price(), verify.claim('w2');
    return query select 'the first claimer passed the last fence'::text where order_begin_send(v_id, v_fence, 'w1') = 'go';
end $$;
create function verify.fence_off() returns void language sql as $$
    select verify.body('order_begin_send', 'update trade_orders o set status = ''submitting'' where o.id = p_id returning ''go''::text')
$$;

insert into verify.guarantee (name, sentence) values ('missing', 'a 404 of the broker releases no budget, however often it comes');
create function verify.missing_applies() returns text language sql as $$ select verify.closed() $$;
create function verify.missing() returns setof text language plpgsql as $$
declare
    v_id uuid;
begin
    perform verify.person('ann');
    v_id := verify.order(1, 'ann');
    perform verify.claim(), verify.send(v_id);
    perform order_unknown(v_id, o.fence, 'verify', '{}') from trade_orders o where o.id = v_id;
    for i in 1..10 loop
        perform verify.step('1 hour');
        perform order_missing(v_id, o.fence, '{}') from trade_orders o where o.id = v_id;
    end loop;
    return query select format('after ten 404s it is %s, with %s USD reserved', o.status, coalesce(o.reserved_usd, 0)) from trade_orders o
        where o.id = v_id and (o.status not in ('unknown', 'unresolved') or o.reserved_usd is null);
end $$;
create function verify.missing_off() returns void language sql as $$
    select verify.body('order_missing', 'update trade_orders o set reserved_at = null, reserved_usd = null, trade_day = null
        where o.id = p_id returning o.status')
$$;

insert into verify.guarantee (name, sentence) values ('fills_grow', 'what was filled only grows');
create function verify.fills_grow_applies() returns text language sql as $$ select verify.closed() $$;
create function verify.fills_grow() returns setof text language plpgsql as $$
declare
    v_id uuid;
begin
    perform verify.person('ann');
    v_id := verify.order(1, 'ann');
    perform verify.claim(), verify.send(v_id), order_accept(v_id, verify.broker(v_id, 'partially_filled', 0.0002)),
        order_follow(v_id, verify.broker(v_id, 'partially_filled', 0.0001));
    begin
        update trade_orders o set filled_qty = 0.0001 where o.id = v_id;
    exception when others then null;
    end;
    return query select format('0.0002 were filled, then %s', o.filled_qty) from trade_orders o where o.id = v_id and o.filled_qty <> 0.0002;
end $$;
create function verify.fills_grow_off() returns void language sql as $$ drop trigger trade_order_grows on trade_orders $$;

insert into verify.guarantee (name, sentence) values ('rewound', 'a database that went back in time is found out, and claims wait');
create function verify.rewound_applies() returns text language sql as $$
    select coalesce((select 'quarantine_seconds is 0' from broker_account b where b.account = 'test' and b.quarantine_seconds = 0), verify.closed())
$$;
create function verify.rewound() returns setof text language plpgsql as $$
begin
    perform verify.person('ann'), verify.order(1, 'ann');
    perform broker_rewound('test', b.reserve_seq + 5) from broker_account b where b.account = 'test';
    perform broker_reconciled('test');
    return query select 'tradectl had seen a later reservation, and a claim went through'::text where verify.claim() is not null;
end $$;
create function verify.rewound_off() returns void language sql as $$ select verify.body('broker_rewound', 'select false') $$;
