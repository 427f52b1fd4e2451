-- price_drifted(asked, now, side, drift_side, max_pct): has the price moved further than the person allowed? Exact:
-- |now - asked| * 100 > max * asked. adverse: only up for a buy, only down for a sell. Called by order_judge. Pure.
create or replace function price_drifted(p_asked numeric, p_now numeric, p_side text, p_drift_side text, p_max_pct numeric)
    returns boolean
    language plpgsql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    return abs(p_now - p_asked) * 100 > p_max_pct * p_asked
        and (p_drift_side <> 'adverse' or (p_side = 'buy' and p_now > p_asked) or (p_side = 'sell' and p_now < p_asked));
end
$$;
