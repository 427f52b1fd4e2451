-- What a living tradectl cannot do, so that whoever asks the database hears it; and what a comparison with the broker left out.

alter table broker_account
    add column trouble text check (trouble ~ '^[A-Z_]{1,32}$'), -- why nothing is sent now, as a code; NULL = it is
    add column trouble_text text,               -- the same for an operator, with what to do
    add column well_at timestamptz,             -- when a tradectl last said that it sends, by the host's clock,
    add column well_by text,                    -- and which: another one's trouble does not hold its orders back
    add column compared_at timestamptz,         -- when the broker's orders were last listed and compared
    add column unasked jsonb not null default '[]', -- what the last reconciliation could not ask for: [{what, why}]
    add check (num_nonnulls(trouble, trouble_text) in (0, 2));

update broker_account set compared_at = reconciled_at;
