-- orphan_note(account, broker): the broker shows an order with our prefix that no order row is accepted for. What it is:
-- adopted, against, known or differs (order_adopt); foreign: older than this installation; orphan: no question explains it.
-- An orphan is kept in orphan_orders and counts against the account's caps; `known` when it stood there before. Called by
-- tradectl for what a list or an event shows, before it looks for the trips that are owed. 22023 when it is no
-- order of ours. Locks as order_adopt.
create or replace function orphan_note(p_account text, p_broker jsonb) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_client_id text := p_broker->>'client_order_id';
    v_at timestamptz := coalesce((p_broker->>'submitted_at')::timestamptz, (p_broker->>'created_at')::timestamptz);
    v_born timestamptz := coalesce((p_broker->>'created_at')::timestamptz, (p_broker->>'submitted_at')::timestamptz);
    v_said text;
    v_price numeric;
begin
    if v_client_id is null or v_client_id not like 'h1-%' or coalesce(p_broker->>'id', '') = '' or v_at is null
        or not exists (select from broker_account b where b.account = p_account) then
        raise exception 'orphan_note: % is no order of ours at the broker', v_client_id using errcode = '22023';
    end if;
    v_said := order_adopt(p_account, p_broker);
    if v_said is not null and v_said <> 'differs' then
        return v_said;
    end if;
    if v_said is null and v_born < (select i.created_at from installation i) then
        return 'foreign';
    end if;

    v_price := coalesce(nullif((p_broker->>'filled_avg_price')::numeric, 0), (select max(m.price) from market_data_latest m
        where m.symbol = p_broker->>'symbol'), 0);
    insert into orphan_orders (client_order_id, broker_account, alpaca_order_id, symbol, side, reserved_usd, submitted_at, raw, why)
    values (v_client_id, p_account, p_broker->>'id', coalesce(p_broker->>'symbol', ''), p_broker->>'side',
        coalesce(order_usd((p_broker->>'notional')::numeric, (p_broker->>'qty')::numeric,
            (p_broker->>'limit_price')::numeric, v_price), 0), v_at, p_broker,
        coalesce(v_said, 'orphan'))
    on conflict (client_order_id) do nothing;
    return case when not found then 'known' else coalesce(v_said, 'orphan') end;
end $$;
