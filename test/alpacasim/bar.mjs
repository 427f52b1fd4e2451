// One OHLCV bar. Prices are the texts they came as; trades folded into it keep the exact sums behind v and vw.
import { divide, format, multiply, parse } from "./decimal.mjs";
import { token } from "./json.mjs";
import { utc } from "./clock.mjs";

// A bar from a file or a control call.
export function fixedBar(ms, { o, h, l, c, v }) {
	const bar = { ms, o: o ?? c, h: h ?? c, l: l ?? c, c, volume: parse(v ?? "0"), value: 0n, n: 1 };
	bar.value = multiply(bar.volume, (parse(bar.h) + parse(bar.l) + parse(bar.c)) / 3n);
	return bar;
}

export function foldTrade(bar, ms, price, size) {
	const volume = parse(size);
	const out = bar ?? { ms, o: price, h: price, l: price, c: price, volume: 0n, value: 0n, n: 0 };
	if (parse(price) > parse(out.h))
		out.h = price;
	if (parse(price) < parse(out.l))
		out.l = price;
	out.c = price;
	addVolume(out, price, volume);
	return out;
}

export function addVolume(bar, price, volume) {
	bar.volume += volume;
	bar.value += multiply(volume, parse(price));
	bar.n += 1;
}

// Later bar b into a; a is changed.
export function joinBars(a, b) {
	if (parse(b.h) > parse(a.h))
		a.h = b.h;
	if (parse(b.l) < parse(a.l))
		a.l = b.l;
	a.c = b.c;
	a.volume += b.volume;
	a.value += b.value;
	a.n += b.n;
	return a;
}

export function barJson(bar) {
	const vw = bar.volume > 0n ? format(divide(bar.value, bar.volume)) : bar.c;
	return {
		t: utc(bar.ms),
		o: token(bar.o),
		h: token(bar.h),
		l: token(bar.l),
		c: token(bar.c),
		v: token(format(bar.volume)),
		n: bar.n,
		vw: token(vw),
	};
}
