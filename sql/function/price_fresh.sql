-- price_fresh(symbol, asset_class, metric, staleness, now): the newest usable price: of the metric that the rule watches,
-- else of trades and minute bars; NULL when none is fresh. A row from more than a minute ahead is nobody's price. Called
-- by order_judge. Locks nothing.
create or replace function price_fresh(p_symbol text, p_asset_class text, p_metric text, p_staleness integer,
        p_now timestamptz) returns numeric
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    return (select l.price from market_data_latest l
    where l.symbol = p_symbol and l.asset_class = p_asset_class and l.metric in (p_metric, 'last_trade', 'minute_bar')
        and not l.suspect and l.price > 0 and l.as_of >= p_now - make_interval(secs => p_staleness)
        and l.as_of <= p_now + interval '1 minute'
    order by l.metric = p_metric desc, l.as_of desc limit 1);
end
$$;
