-- Guarantees from the question to the claim: whose yes it is, and that it makes one order.
set search_path = public, verify;

insert into verify.guarantee (name, sentence) values ('one_order', 'one question makes at most one order');
create function verify.one_order() returns setof text language plpgsql as $$
declare
    v_id uuid;
    v_order trade_orders;
begin
    perform verify.person('ann');
    v_id := verify.order(1, 'ann');
    perform verify.answer(v_id, 'ann', 10);
    select * into strict v_order from trade_orders o where o.id = v_id;
    for i in 1..3 loop -- the same row; another id; another id with a client_order_id of its own
        begin
            insert into trade_orders select v_order.*;
        exception when others then null;
        end;
        v_order.id := verify.id(100 + i);
        if i = 2 then
            v_order.client_order_id := 'h1-' || replace(v_order.id::text, '-', '');
        end if;
    end loop;
    return query select format('%s orders of one question', count(*)) from trade_orders o where o.question_id = v_id having count(*) <> 1;
end $$;
create function verify.one_order_off() returns void language plpgsql as $$
declare
    v_name text;
begin
    for v_name in select c.conname from pg_constraint c where c.conrelid = 'trade_orders'::regclass and c.contype in ('p', 'u', 'c') loop
        execute format('alter table trade_orders drop constraint %I cascade', v_name);
    end loop;
end $$;

insert into verify.guarantee (name, sentence) values ('answer_with_order', 'a yes and its order are one transaction');
create function verify.refuse() returns trigger language plpgsql as $$ begin raise exception 'no order now'; end $$;
create function verify.answer_with_order() returns setof text language plpgsql as $$
declare
    v_id uuid;
begin
    perform verify.person('ann');
    v_id := verify.ask(1, 'ann');
    create trigger verify_refuse before insert on trade_orders for each row execute function verify.refuse();
    begin
        perform verify.answer(v_id, 'ann', 10);
    exception when others then null;
    end;
    drop trigger verify_refuse on trade_orders;
    return query select 'an answer stands whose order could not be made'::text from questions q where q.id = v_id and q.status = 'answered';
    perform verify.answer(v_id, 'ann', 10);
    return query select 'a yes made no order'::text where not exists (select from trade_orders o where o.id = v_id);
end $$;
create function verify.answer_with_order_off() returns void language sql as $$ select verify.body('order_approve', 'select') $$;

insert into verify.guarantee (name, sentence) values ('own_question', 'only the person who was asked decides');
create function verify.own_question() returns setof text language plpgsql as $$
declare
    v_id uuid;
begin
    perform verify.person('ann'), verify.person('bob');
    v_id := verify.ask(1, 'ann');
    return query select 'another person''s answer was taken'::text where verify.answer(v_id, 'bob', 10) = 'ok';
end $$;
create function verify.own_question_off() returns void language sql as
    $$ select verify.edit('question_answer', 'q.id = p_id and q.firebase_uid = session_uid()', 'q.id = p_id') $$;

insert into verify.guarantee (name, sentence) values ('own_rows', 'the door shows a person only their own rows');
create function verify.own_rows_applies() returns text language sql as $$
    select case when not exists (select from pg_roles where rolname = 'hybridhub_apid') then 'role hybridhub_apid is not on this server'
        when not pg_has_role('hybridhub_apid', 'member') then 'this role may not become hybridhub_apid' end
$$;
create function verify.own_rows() returns setof text language plpgsql as $$
declare
    v_seen bigint;
begin
    perform verify.person('ann'), verify.person('bob'), verify.order(1, 'ann'), set_config('hybridhub.uid', 'bob', true);
    set local role hybridhub_apid;
    v_seen := (select count(*) from questions) + (select count(*) from trade_orders) + (select count(*) from user_trading_config c
        where c.firebase_uid <> 'bob');
    reset role;
    return query select format('bob sees %s rows of ann', v_seen) where v_seen > 0;
end $$;
create function verify.own_rows_off() returns void language sql as $$ create policy verify_open on questions to hybridhub_apid using (true) $$;

insert into verify.guarantee (name, sentence) values ('taken_back', 'a yes that its person takes back in time is never sent');
create function verify.taken_back_applies() returns text language sql as $$ select verify.closed() $$;
create function verify.taken_back() returns setof text language plpgsql as $$
declare
    v_id uuid;
begin
    perform verify.person('ann');
    v_id := verify.order(1, 'ann');
    perform set_config('hybridhub.uid', 'ann', true), order_cancel(v_id);
    return query select 'it was claimed all the same'::text where verify.claim() is not null;
end $$;
create function verify.taken_back_off() returns void language sql as $$ select verify.body('order_cancel', 'select ''canceled''::text') $$;

insert into verify.guarantee (name, sentence) values ('frozen', 'mode and broker account of an order are frozen, and must be those in force');
create function verify.frozen_applies() returns text language sql as $$ select verify.closed() $$;
create function verify.frozen() returns setof text language plpgsql as $$
declare
    v_id uuid;
begin
    perform verify.person('ann');
    v_id := verify.order(1, 'ann', 'paper');
    return query select 'an order of account paper was claimed for account test'::text where verify.claim() is not null;
    begin
        update trade_orders o set mode = 'live', broker_account = 'live' where o.id = v_id;
        return next 'a paper order was made a live one';
    exception when others then null;
    end;
    v_id := verify.order(2, 'ann');
    perform verify.person('ann', '{"mode": "live"}');
    perform verify.claim();
    return query select 'a paper order was claimed while its person''s mode is live'::text where verify.status(v_id) <> 'blocked LIVE_NOT_ALLOWED';
end $$;
create function verify.frozen_off() returns void language sql as $$ drop trigger trade_order_fixed on trade_orders $$;
