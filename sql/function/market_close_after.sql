-- market_close_after(asset_class, extended, at): when the session that `at` lies in ends; NULL outside a session and for
-- crypto, which is always open. extended: from pre_open to post_close. Called by question_answer and order_judge.
create or replace function market_close_after(p_asset_class text, p_extended boolean, p_at timestamptz)
    returns timestamptz
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    return (select case when p_extended then c.post_close else c.close end
    from market_calendar c
    where p_asset_class = 'us_equity' and c.date between (p_at - interval '1 day')::date and (p_at + interval '1 day')::date
        and p_at >= case when p_extended then c.pre_open else c.open end
        and p_at < case when p_extended then c.post_close else c.close end
    limit 1);
end
$$;
