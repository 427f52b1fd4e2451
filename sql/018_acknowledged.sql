-- What an operator has looked into and let stand: it is not alarmed any more, and goes on counting.

alter table orphan_orders add column acknowledged_at timestamptz;
alter table ledger_suspects add column acknowledged_at timestamptz; -- of these figures; others begin anew
