// The guest of the world judge in JavaScript.
import { older, reversed, measure } from "witgen:judge/helper@1.2.0";

const echo = (v) => v;

// An echo of a function whose result is a result: an error is thrown.
function outcome(v) {
  if (v.tag === "err") throw v.val;
  return v.val;
}

export const values = {
  ofBool: echo, ofU8: echo, ofS8: echo, ofU16: echo, ofS16: echo, ofU32: echo, ofS32: echo, ofU64: echo, ofS64: echo,
  ofF32: echo, ofF64: echo, ofChar: echo, ofString: echo, ofBytes: echo, ofNumbers: echo, ofLongs: echo,
  ofStrings: echo, ofNested: echo, ofPair: echo, ofPerson: echo, ofPeople: echo, ofPoint: echo, ofShape: echo,
  ofShapes: echo, ofColour: echo, ofAccess: echo, ofOption: echo, ofNames: echo, ofResult: outcome, ofOutcome: echo,
  join: (parts) => Array.from(parts).join(","),
  sum: (numbers) => Array.from(numbers).reduce((a, b) => (a + b) >>> 0, 0),
  many(a, b, c, d, e, f, g, h, i, j, k, l) {
    const text = [b, h, i, l, f].join("|");
    return [BigInt.asUintN(64, BigInt(a) + c + BigInt(e.length) + g + BigInt(j) + BigInt(Math.trunc(d)) + BigInt(Math.trunc(k))), text];
  },
  parse(text) {
    if (!/^[0-9]{1,9}$/.test(text)) throw text;
    return Number(text);
  },
};

class Counter {
  constructor(start) {
    this.n = start;
  }
  add(n) {
    this.n = (this.n + n) >>> 0;
    return this.n;
  }
  get() {
    return this.n;
  }
  static merge(a, b) {
    return new Counter((a.n + b.n) >>> 0);
  }
}

export const counters = {
  Counter,
  total: (list) => list.reduce((sum, c) => (sum + c.n) >>> 0, 0),
};

export const through = {
  older,
  reversed,
  measure(text) {
    return measure(text);
  },
};
