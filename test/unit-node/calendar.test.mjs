import assert from "node:assert/strict";
import test from "node:test";
import { Calendar } from "../alpacasim/calendar.mjs";
import { instant, offsetOf, stamp } from "../alpacasim/nytime.mjs";

const real = new Calendar(false);
const always = new Calendar(true);
const at = (text) => Date.parse(text);

// NYSE's published calendars.
const HOLIDAYS = [
	...["2024-01-01", "2024-01-15", "2024-02-19", "2024-03-29", "2024-05-27", "2024-06-19", "2024-07-04", "2024-09-02"],
	...["2024-11-28", "2024-12-25", "2025-01-09", "2025-04-18", "2026-04-03", "2026-06-19", "2026-07-03", "2026-11-26"],
	...["2027-03-26", "2027-06-18", "2027-07-05", "2027-12-24", "2018-12-05"],
];
const EARLY = ["2024-07-03", "2024-11-29", "2024-12-24", "2025-07-03", "2025-11-28", "2026-11-27", "2026-12-24", "2023-07-03"];
const FULL = ["2021-12-31", "2026-07-02", "2027-12-23", "2020-07-02", "2022-07-05", "2021-06-18"];

for (const date of HOLIDAYS)
	test(`calendar: ${date} is a holiday`, () => assert.equal(real.session(date), null));
for (const date of EARLY)
	test(`calendar: ${date} closes at 13:00`, () => assert.equal(real.hours(date).close, "13:00"));
for (const date of FULL)
	test(`calendar: ${date} is a full session`, () => {
		assert.ok(real.session(date));
		assert.equal(real.hours(date).close, "16:00");
	});

test("calendar: 2026 has 251 sessions", () => assert.equal(real.days("2026-01-01", "2026-12-31").length, 251));

test("calendar: a row is as the broker writes it", () =>
	assert.deepEqual(real.days("2026-11-26", "2026-11-28"), [
		{
			date: "2026-11-27",
			open: "09:30",
			close: "13:00",
			session_open: "0400",
			session_close: "1700",
			settlement_date: "2026-11-30",
		},
	]));

const OFFSETS = [
	["2026-03-08T06:59:59Z", -5],
	["2026-03-08T07:00:00Z", -4],
	["2026-11-01T05:59:59Z", -4],
	["2026-11-01T06:00:00Z", -5],
];
for (const [text, hours] of OFFSETS)
	test(`nytime: offset at ${text} is ${hours} h`, () => assert.equal(offsetOf(at(text)), hours * 3_600_000));

test("nytime: 09:30 is 13:30Z in summer and 14:30Z in winter", () => {
	assert.equal(instant("2026-10-30", "09:30"), at("2026-10-30T13:30:00Z"));
	assert.equal(instant("2026-11-02", "09:30"), at("2026-11-02T14:30:00Z"));
});

test("nytime: the clock shows New York's offset", () => {
	assert.equal(stamp(at("2026-10-08T15:10:22.123Z")), "2026-10-08T11:10:22.123-04:00");
	assert.equal(stamp(at("2026-12-08T15:10:00Z")), "2026-12-08T10:10:00-05:00");
});

const PHASES = [
	["2026-10-08T07:59:59Z", "none"],
	["2026-10-08T08:00:00Z", "pre"],
	["2026-10-08T13:29:59Z", "pre"],
	["2026-10-08T13:30:00Z", "regular"],
	["2026-10-08T19:59:59Z", "regular"],
	["2026-10-08T20:00:00Z", "post"],
	["2026-10-09T00:00:00Z", "none"],
	["2026-10-10T15:00:00Z", "none"],
	["2026-11-27T18:00:00Z", "post"],
];
for (const [text, phase] of PHASES)
	test(`calendar: ${text} is ${phase}`, () => assert.equal(real.phase(at(text)), phase));

test("clock: over a weekend the next open is Monday's", () =>
	assert.deepEqual(real.clock(at("2026-10-09T20:00:00Z")), {
		timestamp: "2026-10-09T16:00:00-04:00",
		is_open: false,
		next_open: "2026-10-12T09:30:00-04:00",
		next_close: "2026-10-12T16:00:00-04:00",
	}));

test("clock: always open at night and on a Sunday, within today's row", () => {
	const sunday = at("2026-10-11T07:00:00Z");
	assert.equal(always.clock(sunday).is_open, true);
	assert.deepEqual(
		always.days("2026-10-11", "2026-10-11").map(({ open, close }) => [open, close]),
		[["00:00", "23:59"]],
	);
});
