import assert from "node:assert/strict";
import test from "node:test";
import { cut, decimals, divide, format, multiply, parse } from "../alpacasim/decimal.mjs";
import { stringify, token } from "../alpacasim/json.mjs";

const PARSES = [
	["whole", "492", "492"],
	["trailing zeros", "492.100", "492.1"],
	["a number", 0.1, "0.1"],
	["negative", "-0.5", "-0.5"],
	["exponent up", "1.6e2", "160"],
	["exponent down", "5e-9", "0.000000005"],
	["tenth decimal is cut", "0.0123456789", "0.012345678"],
	["beyond a double", "9007199254740993.5", "9007199254740993.5"],
];

for (const [name, value, text] of PARSES)
	test(`decimal: parses ${name}`, () => assert.equal(format(parse(value)), text));

for (const value of ["", "abc", "1.2.3", "0x10", "NaN", null, undefined, {}])
	test(`decimal: ${JSON.stringify(value)} is no number`, () => assert.equal(parse(value), null));

test("decimal: 0.1 + 0.2 is 0.3", () => assert.equal(parse("0.1") + parse("0.2"), parse("0.3")));

test("decimal: a notional becomes shares cut at the ninth place", () =>
	assert.equal(format(divide(parse("10"), parse("492.01"))), "0.02032479"));

test("decimal: a product is cut, never rounded up", () =>
	assert.equal(format(multiply(parse("0.000000003"), parse("0.5"))), "0.000000001"));

test("decimal: cents are cut towards zero", () => assert.equal(format(cut(parse("9.999"), 2)), "9.99"));

test("decimal: decimals counts what the text spells out", () =>
	assert.deepEqual(["10", "10.00", "10.001", "1e-3", "1.5e1", "x"].map(decimals), [0, 0, 3, 3, 0, null]));

test("json: a number token goes out as it was written", () =>
	assert.equal(stringify({ p: token("0.10"), q: [token("1.6e2")], s: "0.10" }), '{"p":0.10,"q":[1.6e2],"s":"0.10"}'));

test("json: what is no JSON number makes no token", () => {
	for (const text of ["01", "1.", "NaN", '1,"x":2', ""])
		assert.throws(() => token(text));
});
