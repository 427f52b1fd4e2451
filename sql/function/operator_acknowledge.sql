-- operator_acknowledge(os user, what, account, reason): an operator has looked into what nothing here explains, and lets it
-- stand. what: an orphan, by its client_order_id or the broker's id; or a symbol of which our ledger shows more than the broker
-- holds, which stands while those very figures do. It trips nothing and is listed no more; an orphan goes on counting against
-- the account's caps. account: where a symbol is suspect in several; NULL = all are meant. P0002 when nothing is to be
-- acknowledged, 55000 when it is already or when the symbol is suspect in several. Lifts no halt. Returns
-- {acknowledged, still_in_force}. Recorded. Called by `tradectl acknowledge`. Locks the row, then nothing.
create or replace function operator_acknowledge(p_os_user text, p_what text, p_account text, p_reason text) returns json
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_orphan orphan_orders;
    v_suspect ledger_suspects;
    v_what json;
    v_account text;
begin
    select * into v_orphan from orphan_orders x
    where (x.client_order_id = p_what or x.alpaca_order_id = p_what) and x.adopted_at is null
        and x.broker_account = coalesce(p_account, x.broker_account) for update;
    if found then
        if v_orphan.acknowledged_at is not null then
            raise exception 'orphan % has been acknowledged already', p_what using errcode = '55000', hint = 'nothing';
        end if;
        update orphan_orders x set acknowledged_at = clock_now() where x.client_order_id = v_orphan.client_order_id;
        v_account := v_orphan.broker_account;
        v_what := json_build_object('kind', 'orphan', 'what', v_orphan.client_order_id, 'account', v_account, 'symbol',
            v_orphan.symbol, 'side', v_orphan.side, 'reserved_usd', v_orphan.reserved_usd, 'submitted_at', v_orphan.submitted_at);
    else
        if (select count(*) from ledger_suspects s where s.symbol = p_what and s.broker_account = coalesce(p_account, s.broker_account)) > 1 then
            raise exception 'the ledger of % differs in several accounts', p_what using errcode = '55000', hint = 'name one by --account';
        end if;
        select * into v_suspect from ledger_suspects s
        where s.symbol = p_what and s.broker_account = coalesce(p_account, s.broker_account) for update;
        if not found then
            raise exception 'there is no orphan % and no ledger of such a symbol that differs', p_what using errcode = 'P0002',
                hint = '`tradectl status` lists both';
        end if;
        if v_suspect.acknowledged_at is not null then
            raise exception 'the ledger of % has been acknowledged already as it is', p_what using errcode = '55000', hint = 'nothing';
        end if;
        update ledger_suspects s set acknowledged_at = clock_now()
        where s.broker_account = v_suspect.broker_account and s.symbol = v_suspect.symbol;
        v_account := v_suspect.broker_account;
        v_what := json_build_object('kind', 'ledger', 'what', v_suspect.symbol, 'account', v_account, 'ledger_qty',
            v_suspect.ledger_qty, 'broker_qty', v_suspect.broker_qty, 'since', v_suspect.first_seen_at);
    end if;
    perform operator_act(p_os_user, 'acknowledge', p_what, p_reason, v_what::jsonb);
    return json_build_object(
        'acknowledged', v_what,
        'still_in_force', operator_halts_over('order', ''));
end $$;
