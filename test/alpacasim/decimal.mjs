// Exact decimals: a BigInt of nanos (nine places), because money and quantities never pass through a double.

const SCALE = 9;
export const ONE = 10n ** BigInt(SCALE);
const SYNTAX = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

// The number of decimals that a decimal text spells out, its exponent counted; null where it is no number.
export function decimals(text) {
	const match = SYNTAX.exec(String(text));
	if (!match)
		return null;
	const fraction = (match[3] ?? "").replace(/0+$/, "");
	return Math.max(0, fraction.length - Number(match[4] ?? 0));
}

// Text or number to nanos; digits beyond the ninth place are cut, as the broker cuts them. null: no number.
export function parse(value) {
	const match = SYNTAX.exec(String(value));
	if (!match)
		return null;
	const fraction = match[3] ?? "";
	const shift = SCALE - fraction.length + Number(match[4] ?? 0);
	const digits = BigInt(match[2] + fraction);
	const nanos = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
	return match[1] === "-" ? -nanos : nanos;
}

// Shortest exact text: 492000000000n is "492".
export function format(nanos) {
	const sign = nanos < 0n ? "-" : "";
	const digits = (nanos < 0n ? -nanos : nanos).toString().padStart(SCALE + 1, "0");
	const fraction = digits.slice(-SCALE).replace(/0+$/, "");
	return sign + digits.slice(0, -SCALE) + (fraction ? "." + fraction : "");
}

// Cut to that many places (towards zero): cash is whole cents on the wire.
export function cut(nanos, places) {
	const unit = 10n ** BigInt(SCALE - places);
	return (nanos / unit) * unit;
}

export const multiply = (a, b) => (a * b) / ONE;
export const divide = (a, b) => (a * ONE) / b;
export const least = (a, b) => (a < b ? a : b);
export const most = (a, b) => (a > b ? a : b);
