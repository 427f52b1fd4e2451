// New York's wall clock. Dates are "YYYY-MM-DD", instants are UTC milliseconds.

const PARTS = new Intl.DateTimeFormat("en-CA", {
	timeZone: "America/New_York",
	hourCycle: "h23",
	year: "numeric",
	month: "2-digit",
	day: "2-digit",
	hour: "2-digit",
	minute: "2-digit",
	second: "2-digit",
});
const DAY = 86_400_000;

function wall(ms) {
	const out = {};
	for (const part of PARTS.formatToParts(ms))
		out[part.type] = part.value;
	return out;
}

export function dateOf(ms) {
	const w = wall(ms);
	return `${w.year}-${w.month}-${w.day}`;
}

// "HH:MM" at that instant.
export function timeOf(ms) {
	const w = wall(ms);
	return `${w.hour}:${w.minute}`;
}

// What is added to UTC, in milliseconds: -4 or -5 hours.
export function offsetOf(ms) {
	const w = wall(ms);
	const asUtc = Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second);
	return asUtc - Math.floor(ms / 1000) * 1000;
}

// The instant at which New York's clocks show that date and "HH:MM". Sessions never fall into the hour that DST repeats.
export function instant(date, time) {
	const asUtc = Date.parse(`${date}T${time}:00Z`);
	const first = asUtc - offsetOf(asUtc);
	return asUtc - offsetOf(first);
}

// RFC 3339 with New York's offset, as /v2/clock writes it.
export function stamp(ms) {
	const offset = offsetOf(ms);
	const local = new Date(ms + offset).toISOString().replace(/\.?0*Z$/, "");
	const hours = String(Math.abs(offset) / 3_600_000).padStart(2, "0");
	return `${local}${offset < 0 ? "-" : "+"}${hours}:00`;
}

export function addDays(date, days) {
	return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

export function weekday(date) {
	return new Date(`${date}T00:00:00Z`).getUTCDay();
}
