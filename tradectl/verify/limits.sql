-- Guarantees of the claim: caps under claims at once, and what is checked before anything is reserved.
set search_path = public, verify;

-- A claim that has counted takes its time before it reserves: whoever does not wait for it counts the same.
create function verify.slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.3); return new; end $$;
create function verify.slow_claims() returns void language sql as $$
    create trigger a_verify_slow before update on trade_orders for each row when (new.status = 'reserved' and old.status = 'approved')
        execute function verify.slow()
$$;
create function verify.unlock() returns void language sql as $$
    select verify.edit('order_claim',
        'update broker_account b set reserve_seq = b.reserve_seq + 1, reserved_before = b.last_reserved_at,
        last_reserved_at = greatest(clock_now(), b.last_reserved_at) where b.account = p_account returning b.* into v_account;',
        'select b.* into v_account from broker_account b where b.account = p_account; v_account.last_reserved_at := clock_now();')
$$;

insert into verify.guarantee (name, sentence, sessions) values ('cap_of_person', 'a person''s own limit holds under claims at once', 4);
create function verify.cap_of_person_applies() returns text language sql as $$ select verify.closed() $$;
create function verify.cap_of_person_stage() returns void language plpgsql as $$
begin
    perform verify.person('ann', '{}', '{"max_orders_per_day": 1}'), verify.slow_claims();
    perform verify.order(n, 'ann') from generate_series(1, 4) n;
end $$;
create function verify.cap_of_person_session(p_n integer) returns void language sql as $$ select verify.claim('w' || p_n) $$;
create function verify.cap_of_person() returns setof text language sql as $$
    select format('limit 1 a day: %s orders were reserved', count(*)) from trade_orders o where o.status = 'reserved' having count(*) <> 1
$$;
create function verify.cap_of_person_off() returns void language sql as $$ select verify.unlock() $$;

insert into verify.guarantee (name, sentence, sessions) values ('cap_of_account', 'the operator''s caps of the account hold under claims at once', 4);
create function verify.caps(out usd numeric, out orders bigint) language sql stable as $$
    select (g->'hard'->'account'->>'max_notional_usd_per_4h')::numeric, (g->'hard'->'account'->>'max_orders_per_day')::bigint
    from guardrails_in_force('nobody', null, 'test') g
$$;
create function verify.cap_of_account_applies() returns text language plpgsql as $$
declare
    v record;
begin
    select * into v from verify.caps();
    if v.usd is null and (v.orders is null or v.orders > 200) then
        return case when v.orders is null then 'hard_limits caps neither the dollars nor the orders of this account'
            else format('hard_limits caps no dollars, and %s orders a day are too many to try', v.orders) end;
    end if;
    return verify.closed();
end $$;
-- Filled up so that exactly one order more fits; then four people claim at once.
create function verify.cap_of_account_stage() returns void language plpgsql as $$
declare
    v record;
    v_usd numeric := verify.usd();
begin
    select * into v from verify.caps();
    perform verify.person('zoe');
    perform verify.order(n, 'zoe') from generate_series(101, 100 + case when v.orders between 2 and 200 then v.orders - 1
        when v.usd is not null and v.orders is distinct from 1 then 1 else 0 end::integer) n;
    alter table trade_orders disable trigger user;
    update trade_orders o set status = 'accepted', reserved_at = clock_now(), trade_day = trading_date(clock_now()),
        accepted_at = clock_now(), alpaca_order_id = 'b-' || o.id,
        reserved_usd = case when o.id = verify.id(101) then greatest(coalesce(v.usd, 0) - v_usd, 0) else 0 end;
    alter table trade_orders enable trigger user;
    perform verify.slow_claims(), verify.person('p' || n), verify.order(n, 'p' || n) from generate_series(1, 1) n;
    perform verify.person('p' || n) from generate_series(2, 4) n;
    perform verify.order(n, 'p' || n) from generate_series(2, 4) n;
end $$;
create function verify.cap_of_account_session(p_n integer) returns void language sql as $$ select verify.claim('w' || p_n) $$;
create function verify.cap_of_account() returns setof text language plpgsql as $$
declare
    v record;
    v_passed bigint;
begin
    select * into v from verify.caps();
    select count(*) into v_passed from trade_orders o where o.status = 'reserved';
    if v_passed = 0 then
        return next 'no claim passed: this proves nothing';
    end if;
    return query select format('cap of %s USD in 4 h: %s USD are reserved', v.usd, sum(o.reserved_usd)) from trade_orders o
        having sum(o.reserved_usd) > v.usd;
    return query select format('cap of %s orders a day: %s are counted', v.orders, count(*)) from trade_orders o
        where o.reserved_at is not null having count(*) > v.orders;
end $$;
create function verify.cap_of_account_off() returns void language sql as $$ select verify.unlock() $$;

insert into verify.guarantee (name, sentence) values ('drift', 'a yes at a price that has run away is not sent');
create function verify.drift_applies() returns text language sql as $$ select verify.closed() $$;
create function verify.drift() returns setof text language plpgsql as $$
declare
    v_id uuid;
begin
    perform verify.person('ann');
    v_id := verify.order(1, 'ann');
    perform verify.price(51000), verify.claim(); -- 2 % where 1 % is allowed
    return query select 'it was claimed at a price 2 % away'::text where verify.status(v_id) <> 'blocked DRIFT';
end $$;
create function verify.drift_off() returns void language sql as $$ select verify.body('price_drifted', 'select false') $$;

insert into verify.guarantee (name, sentence) values ('expired', 'an approval that is too old is not sent, neither claimed nor at the last fence');
create function verify.expired_applies() returns text language sql as $$ select verify.closed() $$;
create function verify.expired() returns setof text language plpgsql as $$
declare
    v_id uuid;
begin
    perform verify.person('ann');
    v_id := verify.order(1, 'ann');
    update verify.clock set at = o.approval_expires_at from trade_orders o where o.id = v_id;
    perform verify.price(), verify.claim();
    return query select 'it was claimed after its approval had expired'::text where verify.status(v_id) <> 'expired EXPIRED';
    v_id := verify.order(2, 'ann');
    update verify.clock set at = o.approval_expires_at - interval '1 second' from trade_orders o where o.id = v_id;
    perform verify.price(), verify.claim(), verify.step('1 second');
    return query select 'it passed the last fence after its approval had expired'::text where verify.send(v_id) = 'go';
end $$;
create function verify.expired_off() returns void language sql as $$
    select verify.edit('order_claim', 'v_order.approval_expires_at <= v_now', 'false'),
        verify.edit('order_begin_send', 'v_order.approval_expires_at <= v_now', 'false')
$$;
