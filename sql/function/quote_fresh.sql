-- quote_fresh(symbol, asset_class, staleness, now): bid and ask of the newest fresh quote; no row when none is fresh or
-- when it proves nothing (a side absent or zero, crossed, suspect). Called by order_judge. Locks nothing.
create or replace function quote_fresh(p_symbol text, p_asset_class text, p_staleness integer, p_now timestamptz)
    returns table (bid numeric, ask numeric)
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
begin
    return query select l.bid, l.ask from market_data_latest l
    where l.symbol = p_symbol and l.asset_class = p_asset_class and l.metric = 'last_quote'
        and not l.suspect and l.bid > 0 and l.ask >= l.bid and l.as_of >= p_now - make_interval(secs => p_staleness)
        and l.as_of <= p_now + interval '1 minute'
    order by l.as_of desc limit 1;
end
$$;
