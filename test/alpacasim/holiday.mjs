// NYSE's holidays and early closes as rules; days that followed no rule are a table.
import { addDays, weekday } from "./nytime.mjs";

const EXTRA = new Set(["2007-01-02", "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09"]);
const cache = new Map();

const day = (year, month, date) => `${year}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`;

function nthWeekday(year, month, wanted, n) {
	const first = weekday(day(year, month, 1));
	return day(year, month, 1 + ((wanted - first + 7) % 7) + (n - 1) * 7);
}

function lastMonday(year, month) {
	const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
	return day(year, month, last - ((weekday(day(year, month, last)) + 6) % 7));
}

// Saturday is kept on Friday, Sunday on Monday.
function observed(date) {
	const shift = { 6: -1, 0: 1 }[weekday(date)] ?? 0;
	return addDays(date, shift);
}

// Anonymous Gregorian computus.
function easter(year) {
	const a = year % 19;
	const b = Math.floor(year / 100);
	const c = year % 100;
	const e = b % 4;
	const g = Math.floor((8 * b + 13) / 25);
	const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
	const m = Math.floor((a + 11 * h) / 319);
	const r = (2 * e + 2 * Math.floor(c / 4) - (c % 4) - h + m + 32) % 7;
	const month = Math.floor((h - m + r + 90) / 25);
	return day(year, month, (h - m + r + month + 19) % 32);
}

function closures(year) {
	const out = new Set();
	// A New Year's Day on a Saturday is not kept on the Friday before: that Friday ends a year's books.
	const newYear = day(year, 1, 1);
	if (weekday(newYear) !== 6)
		out.add(observed(newYear));
	out.add(nthWeekday(year, 1, 1, 3));
	out.add(nthWeekday(year, 2, 1, 3));
	out.add(addDays(easter(year), -2));
	out.add(lastMonday(year, 5));
	if (year >= 2022)
		out.add(observed(day(year, 6, 19)));
	out.add(observed(day(year, 7, 4)));
	out.add(nthWeekday(year, 9, 1, 1));
	out.add(nthWeekday(year, 11, 4, 4));
	out.add(observed(day(year, 12, 25)));
	return out;
}

export function isHoliday(date) {
	const year = Number(date.slice(0, 4));
	if (!cache.has(year))
		cache.set(year, closures(year));
	return cache.get(year).has(date) || EXTRA.has(date);
}

export function isTradingDay(date) {
	const w = weekday(date);
	return w !== 0 && w !== 6 && !isHoliday(date);
}

// 13:00: the day after Thanksgiving, Christmas Eve, and the eve of Independence Day.
export function closesEarly(date) {
	const year = Number(date.slice(0, 4));
	if (date === addDays(nthWeekday(year, 11, 4, 4), 1))
		return true;
	const eve = date.slice(5) === "12-24" || date.slice(5) === "07-03";
	return eve && isTradingDay(date);
}
