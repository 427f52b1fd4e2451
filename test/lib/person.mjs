// People for the tests: a fresh uid each, with the plan's document (the template) and an override that makes it quick.
import { quote } from "./psql.mjs";

let count = 0;

export const QUICK = {
	version: 1,
	data_inputs: [{ id: "primary_watchlist", poll_interval_seconds: 5 }],
	defaults: { close_buffer_seconds: 0 },
};

// Makes the user and the configuration as the owner would; returns the uid.
export async function makePerson(sql, { name = "person", template = "default_paper_watchlist", override = QUICK, enabled = true } = {}) {
	count += 1;
	const uid = `${name}-${process.pid}-${count}`;
	await sql.rows(`insert into users (firebase_uid) values (${quote(uid)});
		insert into user_trading_config (firebase_uid, template_name, config, enabled)
		values (${quote(uid)}, ${quote(template)}, ${quote(JSON.stringify(override))}, ${enabled})`);
	return uid;
}

// Nobody asks for this person any more; the next test's market is not theirs.
export async function retirePerson(sql, uid) {
	await sql.rows(`update user_trading_config set enabled = false where firebase_uid = ${quote(uid)}`);
}
