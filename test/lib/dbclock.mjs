// The database's clock in a test's hand: replaces clock_now() by one that reads a table. Only the owner of a test cluster
// can; everything of ours takes its time from there.
import { quote } from "./psql.mjs";

export class DbClock {
	// session: a psql session of the owner.
	constructor(session) {
		this.session = session;
	}

	// From here on the time stands still where set() puts it, and runs as the host's until then.
	async install() {
		await this.session.rows(`
			create table if not exists test_clock (only_row boolean primary key default true check (only_row), at timestamptz);
			insert into test_clock default values on conflict do nothing;
			create or replace function clock_now() returns timestamptz language sql stable security definer
				set search_path = pg_catalog, public, pg_temp
				as 'select coalesce((select at from public.test_clock), clock_timestamp())'`);
		return this;
	}

	// Rows need the partition of their day: whoever steps the clock makes it.
	async set(instant) {
		await this.session.rows(`update test_clock set at = ${quote(instant)}`);
		await this.session.rows("select market_data_partitions()");
	}

	// The host's time again.
	release() {
		return this.session.rows("update test_clock set at = null");
	}
}
