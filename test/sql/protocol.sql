-- A database that went back in time; what the broker shows and the database does not know.
select tap.stage() \g /dev/null

-- rewound: by what a host has seen
update broker_account set reserve_seq = 7 where account = 'paper';
select tap.is('what was seen is not ahead', broker_rewound('paper', 7), false);
select tap.is('nor behind', broker_rewound('paper', 3), false);
select tap.is('nothing has changed', (select concat_ws(' ', reserve_seq, quarantine_until is null, reconciled_at is not null) from broker_account where account = 'paper'), '7 t t');
select tap.is('seen more than there is', broker_rewound('paper', 9), true);
select tap.is('quarantine, and not reconciled', (select concat_ws(' ', reserve_seq, quarantine_until - clock_now(), reconciled_at is null) from broker_account where account = 'paper'), '9 00:01:30 t');
select tap.is('the next who saw it has nothing to add', broker_rewound('paper', 9), false);
select tap.raises('an account of no name', 'select broker_rewound(''moon'', 1)', '22023');
select tap.raises('what was seen is a number', 'select broker_rewound(''moon'', null)', '22023');
select tap.order(1, 'ann') \g /dev/null
select broker_reconciled('paper') \g /dev/null
select tap.is('no claim in quarantine', coalesce(tap.claim(), 'nothing'), 'nothing');
select test_clock_step('90 seconds') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('after it', tap.claim(), 'reserved');
select tap.is('reserve_seq goes on behind what was seen', (select reserve_seq from broker_account where account = 'paper'), 10);

-- rewound: by the server's timeline
select tap.is('nobody has served yet', (select timeline from broker_account where account = 'paper'), null);
select tap.is('the first time says nothing', (select rewound from broker_serve('paper')), false);
select tap.is('the same server', (select rewound from broker_serve('paper')), false);
select tap.is('it stays reconciled', (select reconciled_at is not null from broker_serve('paper')), true);
update broker_account set timeline = timeline + 1 where account = 'paper';
select tap.is('another server: once', (select concat_ws(' ', rewound, reconciled_at is null, quarantine_until - clock_now()) from broker_serve('paper')), 't t 00:01:30');
select tap.is('and not again', (select concat_ws(' ', rewound, reconciled_at is null) from broker_serve('paper')), 'f t');
select tap.is('the fence is shut too', order_begin_send(tap.id(1), tap.fence(1), 'w1'), 'QUARANTINE');
update broker_account set timeline = timeline + 1, quarantine_until = clock_now() + interval '1 hour' where account = 'paper';
select tap.is('a longer quarantine is not cut', (select quarantine_until - clock_now() from broker_serve('paper')), interval '1 hour');
select tap.is('it names the installation', (select s.installation = i.id from broker_serve('paper') s, installation i), true);
select tap.is('and the server''s own clock', (select host_now > clock_timestamp() - interval '1 minute' from broker_serve('paper')), true);
